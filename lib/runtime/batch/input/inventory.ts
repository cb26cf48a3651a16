import type { Readable } from 'node:stream';
import * as z from 'zod/mini';
import '../../schema-messages';
import type { ObjectStore } from '../../staging/object-store';
import { type CsvRecord, csvRecords } from './csv-rows';
import { excerpt, invalid, type ListedRow } from './listed-row';
import { openText } from './open-text';

/** The `manifest.json` of an S3 Inventory, as far as it is needed. */
const inventoryManifest = z.object({
  sourceBucket: z.string(),
  fileFormat: z.string(),
  fileSchema: z.string(),
  files: z.array(z.object({ key: z.string() })),
});
type InventoryManifest = z.infer<typeof inventoryManifest>;

/** Whether the value of a JSON file is that of an inventory, not a list of items. */
export function isInventory(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'fileFormat' in value && 'files' in value;
}

/**
 * The objects that an S3 Inventory lists, in the order of its files and lines. Of a bucket with versions, those that are
 * current and not deleted.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
 */
export class Inventory {
  private readonly manifest: InventoryManifest;
  private readonly columns: string[];

  constructor(
    private readonly store: ObjectStore,
    private readonly prefix: string,
    private readonly file: string,
    value: unknown,
  ) {
    const { success, data, error } = inventoryManifest.safeParse(value);
    if (!success) {
      throw invalid(file, `this is not the manifest of an S3 Inventory: ${z.prettifyError(error)}`);
    }
    this.manifest = data;
    this.columns = data.fileSchema.split(',').map((column) => column.trim());
    this.check();
  }

  async *rows(): AsyncGenerator<ListedRow> {
    for (const { key: file } of this.manifest.files) {
      for await (const record of csvRecords(await this.open(file), file)) {
        const where = `${file}, line ${record.line}`;
        if (this.isCurrent(record)) {
          yield { key: keyOf(this.cell(record, 'Key') ?? '', where), where };
        }
      }
    }
  }

  private async open(file: string): Promise<Readable> {
    if (!(await this.store.stat(file))) {
      throw invalid(this.file, `the inventory's file "${file}" does not exist in bucket ${this.store.bucket}`);
    }
    return openText(this.store, file);
  }

  private check(): void {
    const { fileFormat, sourceBucket, files } = this.manifest;
    if (fileFormat !== 'CSV') {
      throw invalid(
        this.file,
        `an inventory must be in the format CSV; this one is in ${fileFormat}, which is not read`,
      );
    }
    if (sourceBucket !== this.store.bucket) {
      throw invalid(
        this.file,
        `this is an inventory of bucket ${sourceBucket}; the items must be in bucket ${this.store.bucket}`,
      );
    }
    if (!this.columns.includes('Key')) {
      throw invalid(this.file, `the inventory has no column Key; it has ${this.columns.join(', ')}`);
    }
    const outside = files.find(({ key }) => !key.startsWith(this.prefix));
    if (outside) {
      throw invalid(
        this.file,
        `the inventory's file "${outside.key}" is outside of this batch's prefix "${this.prefix}", where all that it reads must be`,
      );
    }
  }

  private isCurrent(record: CsvRecord): boolean {
    return this.cell(record, 'IsLatest') !== 'false' && this.cell(record, 'IsDeleteMarker') !== 'true';
  }

  private cell({ fields }: CsvRecord, column: string): string | undefined {
    return fields[this.columns.indexOf(column)];
  }
}

/** Keys are encoded as in the query of a URL, where `+` may stand for a space, and never for itself. */
function keyOf(encoded: string, where: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch (error) {
    throw invalid(where, `the key is not encoded as in a URL; got "${excerpt(encoded)}"`, error);
  }
}
