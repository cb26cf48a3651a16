const SQLITE_FULL = 13;

/** The same error in words that say which disk is full, if that is what it means. */
export function explainFullDisk(error: unknown, folder: string): unknown {
  const { code, errcode } = error as NodeJS.ErrnoException & { errcode?: number };
  return code === 'ENOSPC' || code === 'EDQUOT' || errcode === SQLITE_FULL
    ? new Error(`no space is left on the disk of "${folder}": free some, then go on with the run: run --resume`)
    : error;
}
