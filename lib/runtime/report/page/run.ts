import type { JsonValue } from '../../../contract/json';
import type { BlockName, Cell, CombinedData, EndData, ItemDetails, RowData, RunData } from '../page-data';
import { BLOCK_ITEMS, COMBINED } from '../page-data';

/** A row as the page works with it. */
export interface Item extends RowData {
  /** The position in the manifest. */
  readonly index: number;
  /** The key without what all keys of the run begin with. */
  readonly file: string;
  /** The same, with the item's parameters if there are several items of the key. */
  readonly name: string;
  /** Its own parameters, as `name=value`. */
  readonly own: readonly string[];
}

/** A column of the table: an item's own parameter, or a figure of its row. */
export interface RunColumn {
  readonly name: string;
  readonly kind: 'parameter' | 'figure';
}

/** The run's data, read from the report's own `<script>` blocks. */
export class Run {
  readonly run: RunData;
  readonly end: EndData;
  readonly items: readonly Item[];
  /** Of {@link Item.cells}: parameters first. */
  readonly columns: readonly RunColumn[];
  readonly combined?: Item;
  private readonly combinedDetails?: ItemDetails;
  private readonly details: readonly Element[];
  private readonly charts: readonly Element[];
  private readonly chartsOf = new Map<number, ReadonlyMap<string, string>>();
  private lines: { block: number; values: string[] } = { block: -1, values: [] };

  constructor(page: ParentNode = document) {
    const blocks = (name: BlockName) => [...page.querySelectorAll(`script[data-block="${name}"]`)];
    const json = (block: Element | undefined) => JSON.parse(block?.textContent ?? 'null');
    this.run = json(blocks('run')[0]);
    this.end = json(blocks('end')[0]);
    this.columns = [
      ...this.end.parameters.map((name) => ({ name, kind: 'parameter' as const })),
      ...this.end.columns.map((name) => ({ name, kind: 'figure' as const })),
    ];
    this.items = this.itemsOf(blocks('rows').flatMap((block): RowData[] => json(block)));
    this.details = blocks('details');
    this.charts = blocks('charts');
    const combined: CombinedData | null = json(blocks('combined')[0]);
    if (combined) {
      this.combined = { ...combined.row, index: COMBINED, name: 'the combined result', file: '', own: [] };
      this.combinedDetails = combined.details;
      this.chartsOf.set(Math.floor(COMBINED / BLOCK_ITEMS), readCharts(blocks('combined-charts')[0]));
    }
  }

  private itemsOf(rows: readonly RowData[]): Item[] {
    const common = commonFolder(rows.map((row) => row.key));
    const items = Map.groupBy(rows, (row) => row.key);
    const { parameters } = this.end;
    return rows.map((row, index) => {
      const values = parameters.map((_, column) => row.parameters?.[column] ?? null);
      const own = parameters.flatMap((name, column) => ownParameter(name, values[column]));
      const file = row.key.slice(common.length);
      const shared = own.length > 0 && (items.get(row.key)?.length ?? 0) > 1;
      return {
        ...row,
        index,
        own,
        cells: [...values, ...row.cells],
        file,
        name: shared ? `${file} (${own.join(', ')})` : file,
      };
    });
  }

  /** An item by its index, or the combined result. */
  at(index: number): Item | undefined {
    return index === COMBINED ? this.combined : this.items[index];
  }

  find(id: string): Item | undefined {
    return this.items.find((item) => item.id === id);
  }

  detailsOf(item: Item): ItemDetails {
    if (item === this.combined && this.combinedDetails) {
      return this.combinedDetails;
    }
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

function ownParameter(name: string, value: Cell | undefined): string[] {
  return value === null || value === undefined ? [] : [`${name}=${shortText(value)}`];
}

/** A value as it stands in a line of text. */
export function shortText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
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
    while (!key.startsWith(folder)) {
      folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
    }
  }
  return folder;
}
