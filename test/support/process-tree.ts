import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beginningOf } from '../../lib/local/sandbox/process-record';

/** A process, which is another one when its number is given out again. */
export interface Known {
  readonly pid: number;
  readonly began: string | undefined;
}

/**
 * Sends a signal to one process. To the system, 0, negative numbers and what is no number mean groups of processes, or all of
 * them: what was read from a file that is still empty must not become one of these.
 */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  if (!Number.isInteger(pid) || pid <= 1) {
    throw new Error(`${pid} is not the number of a process of the tests`);
  }
  process.kill(pid, signal);
}

/** All that a process has started, and what those have. */
export function descendantsOf(pid: number): Known[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
  return children.flatMap((child) => [{ pid: child, began: beginningOf(child) }, ...descendantsOf(child)]);
}

/** Waits until none of them is alive; resolves with those that are after all that time. */
export async function survivorsOf(processes: readonly Known[], seconds: number): Promise<Known[]> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const alive = processes.filter(
      ({ pid, began }) => began !== undefined && isAlive(pid) && beginningOf(pid) === began,
    );
    if (alive.length === 0 || Date.now() > end) {
      return alive;
    }
    await sleep(50);
  }
}

/** One that has ended, and that nobody has asked how, is not alive. */
function isAlive(pid: number): boolean {
  return !['Z', 'X', undefined].includes(statOf(String(pid))?.[0]);
}

function parentOf(name: string): number {
  return Number(statOf(name)?.[1]);
}

/** What follows the name of the program: its state, its parent, ... */
function statOf(name: string): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
