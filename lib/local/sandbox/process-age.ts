import { readFileSync } from 'node:fs';

/**
 * When a process began, as the kernel counts: the same number with another beginning is another process. Undefined when there is
 * no such process; an empty string where the system does not tell.
 */
export function beginningOf(pid: number): string | undefined {
  try {
    // The 22nd field; the second is in parentheses and may itself hold spaces.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    if (process.platform === 'linux') {
      return undefined;
    }
  }
  try {
    process.kill(pid, 0);
    return '';
  } catch {
    return undefined;
  }
}
