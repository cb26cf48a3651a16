import { randomUUID } from 'node:crypto';
import type { Execution } from '../sandbox/sandbox';

export type TaskStatus = 'submitted' | 'working' | 'completed' | 'canceled' | 'failed';

/** An asynchronous command of a session. */
export interface CommandTask {
  readonly taskId: string;
  readonly status: TaskStatus;
  /** Set once it has ended. */
  readonly execution?: Execution;
}

/** How long a task may run, in seconds: the service's quota of 8 hours. */
const TASK_MAX_SECONDS = 28_800;
/** Ended tasks that are remembered; the oldest go first. */
const KEPT = 1_000;

/** The asynchronous commands of one session. */
export class CommandTasks {
  readonly #tasks = new Map<string, { status: TaskStatus; execution?: Execution; readonly abort: AbortController }>();
  readonly #run: (command: string, signal: AbortSignal) => Promise<Execution>;

  constructor(run: (command: string, signal: AbortSignal) => Promise<Execution>) {
    this.#run = run;
  }

  start(command: string): CommandTask {
    const taskId = randomUUID();
    const task = {
      status: 'submitted' as TaskStatus,
      execution: undefined as Execution | undefined,
      abort: new AbortController(),
    };
    this.#tasks.set(taskId, task);
    this.#forgetOldest();
    const timer = setTimeout(() => task.abort.abort(), TASK_MAX_SECONDS * 1_000);
    timer.unref();
    const ended = (status: TaskStatus, execution?: Execution) => {
      clearTimeout(timer);
      task.execution = execution;
      task.status = task.status === 'canceled' ? 'canceled' : status;
    };
    this.#run(command, task.abort.signal).then(
      (execution) => ended(execution.exitCode === 0 ? 'completed' : 'failed', execution),
      () => ended('failed'),
    );
    const submitted = { taskId, status: task.status };
    task.status = 'working';
    return submitted;
  }

  get(taskId: string): CommandTask | undefined {
    const task = this.#tasks.get(taskId);
    return task === undefined ? undefined : { taskId, status: task.status, execution: task.execution };
  }

  /** Cancels a task; false when it had ended before. */
  stop(taskId: string): boolean {
    const task = this.#tasks.get(taskId);
    if (task === undefined || task.status !== 'working') {
      return false;
    }
    task.status = 'canceled';
    task.abort.abort();
    return true;
  }

  cancelAll(): void {
    for (const taskId of this.#tasks.keys()) {
      this.stop(taskId);
    }
  }

  #forgetOldest(): void {
    for (const [taskId, { status }] of this.#tasks) {
      if (this.#tasks.size <= KEPT) {
        return;
      }
      if (status !== 'working') {
        this.#tasks.delete(taskId);
      }
    }
  }
}
