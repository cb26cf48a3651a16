import type { ItemResult, OutputFile } from '../../contract/batch-item';
import { mapAll } from '../concurrency';
import type { LeftOut, LeftOutChart } from './page-data';

/** Images that a browser shows in `<img>`, where nothing in them can run: SVG is drawn there without scripts or links. */
const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/svg+xml'];
/** How many charts that were left out are named one by one. */
const MAX_NAMED_OMISSIONS = 500;
/** How many charts are read at the same time. */
const READ_CONCURRENCY = 8;

export type ReadFile = (file: OutputFile) => Promise<Uint8Array>;

export function imageType(file: OutputFile): string | undefined {
  const type = file.contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  return IMAGE_TYPES.find((known) => known === type);
}

/** An item's files that are charts: embedded ones, and those left out with the reason, by the file's index. */
export interface ItemCharts {
  readonly embedded: number[];
  readonly leftOut: ReadonlyMap<number, LeftOut>;
}

interface PlannedChart {
  readonly item: number;
  readonly file: number;
  readonly source: OutputFile;
  readonly type: string;
}

/** Chooses charts first come, first served within a budget, and reads them. */
export class ChartCollector {
  embeddedCount = 0;
  leftOutCount = 0;
  readonly leftOut: LeftOutChart[] = [];

  constructor(
    private readonly readFile: ReadFile,
    /** For all charts together, in bytes of the files. */
    private bytesLeft: number,
    /** For one chart, in bytes. */
    private readonly maxBytes: number,
  ) {}

  /**
   * The charts of some items, with what to embed of them: lines of `<item>.<file> <data URL>`.
   *
   * @param first the index of the first of the items in the run
   */
  async collect(items: readonly ItemResult[], first: number): Promise<{ charts: ItemCharts[]; lines: string[] }> {
    const charts = items.map(() => ({ embedded: [] as number[], leftOut: new Map<number, LeftOut>() }));
    const planned = items.flatMap((item, index) => this.plan(item, first + index, charts[index]?.leftOut));
    const lines = await mapAll(planned, READ_CONCURRENCY, (chart) => this.read(chart));
    const kept: string[] = [];
    for (const [index, line] of lines.entries()) {
      const chart = planned[index];
      const own = chart && charts[chart.item - first];
      if (!chart || !own) {
        continue;
      }
      if (line === undefined) {
        this.bytesLeft += chart.source.bytes;
        this.leave(chart, 'unreadable', own.leftOut);
      } else {
        this.embeddedCount += 1;
        own.embedded.push(chart.file);
        kept.push(line);
      }
    }
    return { charts, lines: kept };
  }

  private plan(item: ItemResult, index: number, leftOut: Map<number, LeftOut> = new Map()): PlannedChart[] {
    const planned: PlannedChart[] = [];
    for (const [file, source] of item.files.entries()) {
      const type = imageType(source);
      if (type === undefined || source.bytes === 0) {
        continue;
      }
      const why = source.bytes > this.maxBytes ? 'size' : source.bytes > this.bytesLeft ? 'budget' : undefined;
      if (why) {
        this.leave({ item: index, file }, why, leftOut);
      } else {
        this.bytesLeft -= source.bytes;
        planned.push({ item: index, file, source, type });
      }
    }
    return planned;
  }

  private leave(chart: { item: number; file: number }, why: LeftOut, own: Map<number, LeftOut>): void {
    own.set(chart.file, why);
    this.leftOutCount += 1;
    if (this.leftOut.length < MAX_NAMED_OMISSIONS) {
      this.leftOut.push({ item: chart.item, file: chart.file, why });
    }
  }

  /** A report with a chart missing is worth more than none, so a failed read only leaves that chart out. */
  private async read({ item, file, source, type }: PlannedChart): Promise<string | undefined> {
    try {
      const bytes = await this.readFile(source);
      if (bytes.length === 0 || bytes.length > this.maxBytes) {
        return undefined;
      }
      return `${item}.${file} data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
    } catch {
      return undefined;
    }
  }
}
