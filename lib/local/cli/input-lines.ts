import { basename } from 'node:path';
import { plural } from '../../runtime/report/format';
import type { FoundInputs, SkippedInput } from '../runner/input-files';

const MAX_NAMES = 4;
const MAX_SKIPPED = 5;

/** What a person reads of what a search for inputs has left out. */
export function inputLines({ litter, skipped }: FoundInputs): string[] {
  return [...litterLines(litter), ...skippedLines(skipped)];
}

function litterLines(litter: readonly string[]): string[] {
  if (litter.length === 0) {
    return [];
  }
  const names = [...new Set(litter.map((path) => basename(path)))];
  const more = names.length > MAX_NAMES ? ', ...' : '';
  const shown = names.slice(0, MAX_NAMES).join(', ');
  return [`Left out ${plural(litter.length, 'file')} of systems, editors or version control: ${shown}${more}`];
}

function skippedLines(skipped: readonly SkippedInput[]): string[] {
  const more = skipped.length - MAX_SKIPPED;
  return [
    ...skipped.slice(0, MAX_SKIPPED).map(({ path, reason }) => `Left out "${path}": it ${reason}`),
    ...(more > 0 ? [`Left out ${plural(more, 'more input')} that cannot be an item`] : []),
  ];
}
