import type { BlockName, EndData, ItemDetails, RowData, RunData } from '../page-data';
import { BLOCK_ITEMS } from '../page-data';

/** A row as the page works with it. */
export interface Item extends RowData {
  /** The position in the manifest. */
  readonly index: number;
  /** The key without what all keys of the run begin with. */
  readonly name: string;
}

/** The run's data, read from the report's own `<script>` blocks. */
export class Run {
  readonly run: RunData;
  readonly end: EndData;
  readonly items: readonly Item[];
  private readonly details: readonly Element[];
  private readonly charts: readonly Element[];
  private readonly chartsOf = new Map<number, ReadonlyMap<string, string>>();
  private lines: { block: number; values: string[] } = { block: -1, values: [] };

  constructor(page: ParentNode = document) {
    const blocks = (name: BlockName) => [...page.querySelectorAll(`script[data-block="${name}"]`)];
    const json = (block: Element | undefined) => JSON.parse(block?.textContent ?? 'null');
    this.run = json(blocks('run')[0]);
    this.end = json(blocks('end')[0]);
    const rows = blocks('rows').flatMap((block): RowData[] => json(block));
    const common = commonFolder(rows.map((row) => row.key));
    this.items = rows.map((row, index) => ({ ...row, index, name: row.key.slice(common.length) }));
    this.details = blocks('details');
    this.charts = blocks('charts');
  }

  find(id: string): Item | undefined {
    return this.items.find((item) => item.id === id);
  }

  detailsOf(item: Item): ItemDetails {
    const block = Math.floor(item.index / BLOCK_ITEMS);
    if (this.lines.block !== block) {
      this.lines = { block, values: (this.details[block]?.textContent ?? '').split('\n') };
    }
    return JSON.parse(this.lines.values[item.index % BLOCK_ITEMS] ?? '{"files":[],"bytes":0}');
  }

  /** The data URL of an embedded chart. */
  chart(item: Item, file: number): string {
    const block = Math.floor(item.index / BLOCK_ITEMS);
    const charts = this.chartsOf.get(block) ?? readCharts(this.charts[block]);
    this.chartsOf.set(block, charts);
    return charts.get(`${item.index}.${file}`) ?? '';
  }
}

/** Data URLs by `<item>.<file>`. */
function readCharts(block: Element | undefined): Map<string, string> {
  const lines = (block?.textContent ?? '').split('\n');
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]));
}

/** The folder that all keys are in, with its slash; empty if there is none. */
export function commonFolder(keys: readonly string[]): string {
  const [first = ''] = keys;
  let folder = first.slice(0, first.lastIndexOf('/') + 1);
  for (const key of keys) {
    while (!key.startsWith(folder)) folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
  }
  return folder;
}
