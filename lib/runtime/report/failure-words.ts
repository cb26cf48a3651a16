import type { ItemWarningCode } from '../../contract/batch-item';
import type { ItemErrorName } from '../../contract/errors';

/** Why items failed, in words. */
export const FAILURE_WORDS: Record<ItemErrorName, string> = {
  ScriptFailed: 'The script failed',
  TimedOut: 'Timed out',
  SessionDied: 'The session died',
  SetupFailed: 'The session’s setup failed',
  InputUnreadable: 'The input could not be read',
  OutputUnreadable: 'The outputs could not be fetched',
  RowInvalid: 'The row is invalid',
  RuntimeMissing: 'Deno is not installed',
  NotProcessed: 'Not processed',
};

/** What items are warned of, in words. */
export const WARNING_WORDS: Record<ItemWarningCode, string> = {
  ValuesBecameNull: 'Values became null',
  FilesOutsideOutput: 'Files outside the output folder',
  SpecialFiles: 'Files that are not kept',
  GlyphsMissing: 'Letters missing in a chart',
  FigureLost: 'A figure could not be drawn',
  OutputCut: 'Printed output was cut',
};

/** The same for a name from elsewhere, which stays as it is if it is not known. */
export function failureWords(name: string): string {
  return FAILURE_WORDS[name as ItemErrorName] ?? name;
}
