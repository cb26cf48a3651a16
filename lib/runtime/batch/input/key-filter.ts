import type { BatchInput } from '../../../contract/batch';
import { Glob } from '../../glob';

/** Which of the keys that are found are items. */
export class KeyFilter {
  private readonly include: Glob[] | undefined;
  private readonly exclude: Glob[];

  constructor(private readonly input: BatchInput) {
    this.include = input.include?.map((pattern) => new Glob(pattern));
    this.exclude = (input.exclude ?? []).map((pattern) => new Glob(pattern));
  }

  /** The key lies under the batch's prefix. Consoles leave empty `folder/` objects behind, which are no items. */
  takes(key: string): boolean {
    const { suffixes, prefix } = this.input;
    const name = key.normalize('NFC');
    if (
      key.endsWith('/') ||
      (suffixes.length > 0 && !suffixes.some((suffix) => name.endsWith(suffix.normalize('NFC'))))
    ) {
      return false;
    }
    const path = key.slice(prefix.length);
    const included = this.include?.some((pattern) => pattern.matches(path)) ?? true;
    return included && !this.exclude.some((pattern) => pattern.matches(path));
  }

  /** What it takes, in words: `object ending in .csv, fitting 2026/*`. */
  get words(): string {
    const { suffixes, include, exclude } = this.input;
    const parts = [
      suffixes.length > 0 ? `ending in ${suffixes.join(' or ')}` : '',
      include?.length ? `fitting ${include.join(' or ')}` : '',
      exclude?.length ? `not fitting ${exclude.join(' or ')}` : '',
    ];
    return ['object', parts.filter((part) => part !== '').join(', ')].filter((part) => part !== '').join(' ');
  }
}
