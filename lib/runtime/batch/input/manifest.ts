import { MANIFEST_ENDING } from '../../../contract/batch-input';
import type { ObjectStore } from '../../staging/object-store';
import { csvRows } from './csv-rows';
import { Inventory, isInventory } from './inventory';
import { jsonDocument, jsonLinesRows } from './json-rows';
import { invalid, type ListedRow, rowOf } from './listed-row';
import { openText } from './open-text';

/** What a manifest lists: `listed`, items that someone chose; `found`, objects of which some are items. */
export interface ManifestRows {
  readonly kind: 'listed' | 'found';
  readonly rows: AsyncIterable<ListedRow> | Iterable<ListedRow>;
}

/** An object of the bucket that lists items. */
export class Manifest {
  constructor(
    private readonly store: ObjectStore,
    /** All that it reads and names must lie below. */
    private readonly prefix: string,
    private readonly key: string,
  ) {}

  async read(): Promise<ManifestRows> {
    const [, format] = MANIFEST_ENDING.exec(this.key) ?? [];
    if (format === undefined) {
      throw invalid(
        `manifest "${this.key}"`,
        'its key must end in .json, .jsonl, .ndjson or .csv, or one of these and .gz',
      );
    }
    if (!(await this.store.stat(this.key))) {
      throw invalid(`manifest "${this.key}"`, `it does not exist in bucket ${this.store.bucket}`);
    }
    const body = await openText(this.store, this.key);
    if (format !== 'json') {
      return { kind: 'listed', rows: format === 'csv' ? csvRows(body, this.key) : jsonLinesRows(body, this.key) };
    }
    return this.ofDocument(await jsonDocument(body, this.key));
  }

  private ofDocument(value: unknown): ManifestRows {
    if (isInventory(value)) {
      return { kind: 'found', rows: new Inventory(this.store, this.prefix, this.key, value).rows() };
    }
    if (!Array.isArray(value)) {
      throw invalid(this.key, 'a JSON file must hold an array of items, or be the manifest.json of an S3 Inventory');
    }
    const rows = value.map((item: unknown, index) => rowOf(item, `${this.key}, element ${index + 1}`));
    return { kind: 'listed', rows };
  }
}
