import type { BatchInput } from '../../../contract/batch';
import { ErrorName } from '../../../contract/errors';
import type { JsonObject } from '../../../contract/json';
import { NamedError } from '../../named-error';
import type { ObjectStore } from '../../staging/object-store';
import type { CheckedRequest } from '../plan-request';
import { KeyFilter } from './key-filter';
import { ListChecks } from './list-checks';
import type { ListedRow } from './listed-row';
import { Manifest } from './manifest';
import { ObjectLookup } from './object-lookup';

/** An object that is to be an item, or several. */
export interface SourceObject {
  readonly key: string;
  /** Its size, in bytes. */
  readonly bytes: number;
  readonly parameters?: JsonObject;
}

type Rows = AsyncIterable<ListedRow> | Iterable<ListedRow>;

/** Where a new run's items come from: the request, or else what the batch was given at synth. */
export class ItemSource {
  private readonly filter: KeyFilter;

  constructor(
    private readonly store: ObjectStore,
    private readonly input: BatchInput,
    private readonly request: CheckedRequest,
  ) {
    this.filter = new KeyFilter(input);
  }

  /** The objects, one by one, always in the same order. Each is known to exist, under the batch's prefix. */
  async *objects(): AsyncGenerator<SourceObject> {
    const { items, manifest } = this.request;
    if (items) {
      yield* this.listed(items.map((item, index) => ({ ...item, where: `items.${index}` })));
    } else if (manifest !== undefined) {
      yield* this.fromManifest(manifest);
    } else if (this.input.kind === 'items') {
      throw new NamedError(
        ErrorName.invalidRequest,
        'the execution\'s input is not valid: items: this batch takes its items from there, e.g. {"items": ["incoming/a.csv"]}',
      );
    } else {
      yield* this.found();
    }
  }

  /** Why there are none, and what to do. */
  get nothingFound(): string {
    const { manifest, prefix } = this.request;
    const { bucket } = this.store;
    return manifest === undefined
      ? `there is no ${this.filter.words} under s3://${bucket}/${prefix}: put the items there, or name another prefix`
      : `there is no item in s3://${bucket}/${manifest}: list some there, or name another manifest`;
  }

  private async *fromManifest(key: string): AsyncGenerator<SourceObject> {
    const { kind, rows } = await new Manifest(this.store, this.input.prefix, key).read();
    yield* this.listed(kind === 'found' ? this.filtered(rows) : rows);
  }

  /** Of an inventory, which lists a whole bucket, only what would have been found under the prefix. */
  private async *filtered(rows: Rows): AsyncGenerator<ListedRow> {
    for await (const row of rows) {
      if (row.key.startsWith(this.request.prefix) && this.filter.takes(row.key)) {
        yield row;
      }
    }
  }

  private async *found(): AsyncGenerator<SourceObject> {
    for await (const object of this.store.list(this.request.prefix)) {
      if (this.filter.takes(object.key)) {
        yield object;
      }
    }
  }

  private async *listed(rows: Rows): AsyncGenerator<SourceObject> {
    const checks = new ListChecks(this.request.prefix, this.request.grid);
    const lookup = new ObjectLookup(this.store, this.request.prefix);
    for await (const { key, bytes, parameters } of lookup.look(checks.passed(rows))) {
      yield { key, bytes, ...(parameters ? { parameters } : {}) };
    }
  }
}
