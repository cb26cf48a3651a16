import type { ItemResult } from '../../contract/batch-item';
import { formatCount, plural } from '../../runtime/report/format';
import type { LocalRunResult } from '../runner/local-run';
import { indented } from './summary-lines';

/** What a person reads when a run was stopped at the first item that failed. */
export function stoppedLines(run: LocalRunResult, { id, error }: ItemResult, kept = true): string[] {
  return [
    '',
    `Stopped at the first item that failed: ${id}`,
    `  ${error?.name}: ${error?.message}`,
    ...(error?.detail ? indented(error.detail) : []),
    ...doneLines(run, kept),
  ];
}

/** What a person reads after Ctrl-C. */
export function interruptedLines(run: LocalRunResult): string[] {
  return ['', 'Interrupted.', ...doneLines(run, true)];
}

function doneLines({ items, runId, folder, sessionsLeft }: LocalRunResult, kept: boolean): string[] {
  if (!items) {
    return ['  Nothing had begun.'];
  }
  return [
    `  ${formatCount(items.ended)} of ${plural(items.toDo, 'item')} ended, see ${folder}; ${plural(sessionsLeft, 'session')} left open`,
    ...(kept ? [`  Go on with it: npx agentcore-local run --resume ${runId}`] : []),
  ];
}
