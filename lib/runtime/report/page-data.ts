import type { ItemError, ItemStatus, ItemWarning, OutputText } from '../../contract/batch-item';
import type { JsonObject } from '../../contract/json';

/**
 * What the writer embeds in the report and the page in the browser reads: JSON in `<script>` elements of type
 * `application/json`, in blocks of {@link BLOCK_ITEMS} items, so that ten thousand items are a few hundred elements.
 *
 * - `run`: one {@link RunData}, first.
 * - `combined`: one {@link CombinedData}, if the run has a combined result; `combined-charts` as `charts`, with
 *   {@link COMBINED} for the item.
 * - `rows`: an array of {@link RowData}; the page reads all of them at once.
 * - `details`: one {@link ItemDetails} a line; the page reads a line when its item is looked at.
 * - `charts`: `<item>.<file> <data URL>` a line; read when the chart is looked at.
 * - `end`: one {@link EndData}, last.
 */
export const BLOCK_ITEMS = 100;

/** The index of the combined result among the items, of which it is none. */
export const COMBINED = -1;

export type BlockName = 'run' | 'combined' | 'combined-charts' | 'rows' | 'details' | 'charts' | 'end';

/** A cell of the table; objects and lists come as their JSON text. */
export type Cell = string | number | boolean | null;

export interface RowData {
  readonly id: string;
  readonly key: string;
  readonly status: ItemStatus;
  /** Milliseconds since 1970; null if the item never started. */
  readonly started: number | null;
  /** In seconds. */
  readonly duration: number;
  /** Index in {@link EndData.sessions}. */
  readonly session?: number;
  readonly error?: string;
  /** Indexes of those files that are embedded charts. */
  readonly charts?: number[];
  /** The item's own parameters, by their index in {@link EndData.parameters}. */
  readonly parameters?: Cell[];
  /** By the index of the column in {@link EndData.columns}. */
  readonly cells: Cell[];
}

/** Why a chart is not in the report: over the report's budget, too large by itself, or not to be read. */
export type LeftOut = 'budget' | 'size' | 'unreadable';

export interface FileData {
  readonly path: string;
  readonly bytes: number;
  readonly key: string;
  /** Whether a browser should rather save than show it, since something in it could run. */
  readonly save?: true;
  /** For images that are not embedded. */
  readonly leftOut?: LeftOut;
}

export interface ItemDetails {
  readonly bytes: number;
  readonly cpuSeconds?: number;
  readonly peakMemoryBytes?: number;
  readonly exitCode?: number;
  readonly error?: ItemError;
  readonly warnings?: ItemWarning[];
  /** The item's own parameters. */
  readonly parameters?: JsonObject;
  readonly row?: JsonObject;
  readonly files: FileData[];
  readonly stdout?: OutputText;
  readonly stderr?: OutputText;
}

export interface RunData {
  readonly batch: string;
  readonly runId: string;
  readonly bucket: string;
  /** JSON Lines. */
  readonly resultsKey: string;
  /** CSV. */
  readonly tableKey: string;
  readonly reportKey: string;
  readonly failures: readonly { name: string; message: string; count: number; items: string[] }[];
}

/** What the combining script came to. */
export interface CombinedData {
  readonly row: RowData;
  readonly details: ItemDetails;
}

export interface EndData {
  /** Items that are in the results alone. */
  readonly leftOutItems: number;
  /** The items' own parameters. */
  readonly parameters: string[];
  /** The figures of their rows. */
  readonly columns: string[];
  readonly sessions: string[];
  readonly charts: { readonly embedded: number; readonly leftOut: LeftOutChart[]; readonly leftOutCount: number };
}

/** A chart that was left out: item and file by index. The list names the first few hundred. */
export interface LeftOutChart {
  readonly item: number;
  readonly file: number;
  readonly why: LeftOut;
}
