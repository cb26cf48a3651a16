import { readFileSync, readlinkSync } from 'node:fs';

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

/** A process as it is written down in a file, for other processes to find out whether it is still there. */
export interface ProcessRecord {
  readonly pid: number;
  /** When that process began: the same number with another beginning is another process. */
  readonly began: string;
  /** The PID namespace that the number belongs to; empty where there are none. */
  readonly namespace?: string;
}

export function recordOfThisProcess(): ProcessRecord {
  return { pid: process.pid, began: beginningOf(process.pid) ?? '', namespace: pidNamespace() };
}

/**
 * Whether a recorded process is alive. `unknown` for one of another PID namespace, such as that of a container that shares
 * a folder with this one: here its number means nothing.
 */
export function stateOf({ pid, began, namespace }: ProcessRecord): 'alive' | 'gone' | 'unknown' {
  if (namespace !== undefined && namespace !== pidNamespace()) {
    return 'unknown';
  }
  return beginningOf(pid) === began ? 'alive' : 'gone';
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
