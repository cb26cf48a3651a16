import type { ChildProcess } from 'node:child_process';

const living = new Map<ChildProcess, () => void>();

/**
 * Has a child killed when this process exits before it, also where the exit cannot wait for anything.
 *
 * @param kill how; synchronously
 */
export function endWithProcess(child: ChildProcess, kill: () => void = () => child.kill('SIGKILL')): void {
  if (living.size === 0) {
    process.on('exit', killAll);
  }
  living.set(child, kill);
  const forget = () => {
    living.delete(child);
    if (living.size === 0) {
      process.off('exit', killAll);
    }
  };
  child.once('exit', forget).once('error', forget);
}

function killAll(): void {
  for (const kill of living.values()) {
    kill();
  }
}
