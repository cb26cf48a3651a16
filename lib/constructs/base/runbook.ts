const RUNBOOK =
  'https://github.com/cdk-agentcore-code-interpreter/cdk-agentcore-code-interpreter/blob/main/docs/runbook.md';

/** Sections of docs/runbook.md that alarms lead to. */
export const RunbookSection = {
  systemErrors: 'system-errors',
  userErrors: 'user-errors',
  throttles: 'throttles',
  slowStarts: 'slow-session-starts',
  activeSessions: 'active-sessions-near-the-quota',
  dailyCost: 'daily-cost',
  failedRuns: 'failed-runs-of-a-batch',
  failedItems: 'failed-items-of-a-batch',
  noRun: 'no-run-of-a-batch',
  deadLetters: 'dead-letters-of-a-batch',
  failedToolCalls: 'failed-calls-of-a-tool',
  manyToolCalls: 'many-calls-of-a-tool',
} as const;
export type RunbookSection = (typeof RunbookSection)[keyof typeof RunbookSection];

/** An alarm's description: what it means, and what to do about it. */
export function alarmDescription(meaning: string, section: RunbookSection): string {
  return `${meaning} Runbook: ${RUNBOOK}#${section}`;
}
