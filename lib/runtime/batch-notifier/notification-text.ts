import type { RunEventDetail, RunStatus } from '../../contract/batch-events';

/** The longest subject that SNS takes, in characters. */
const SUBJECT_CHARACTERS = 100;

const STATUS_WORDS: Record<RunStatus, string> = {
  succeeded: 'succeeded',
  failed: 'failed',
  timedOut: 'timed out',
  aborted: 'was stopped',
};

/** A subject as SNS takes it: printable ASCII. */
export function notificationSubject({ batch, status, message }: RunEventDetail): string {
  const subject = `Batch ${batch} ${STATUS_WORDS[status]}: ${message}`.replaceAll(/[^\x20-\x7e]+/g, ' ');
  return subject.length > SUBJECT_CHARACTERS ? `${subject.slice(0, SUBJECT_CHARACTERS - 3)}...` : subject;
}

/** The notification for people, as plain text. */
export function notificationText(detail: RunEventDetail): string {
  return [
    `Batch ${detail.batch}, run ${detail.runId}: ${STATUS_WORDS[detail.status]}`,
    detail.error && !detail.message.includes(detail.error) ? `${detail.error}: ${detail.message}` : detail.message,
    '',
    `Started:  ${detail.startedAt}`,
    `Finished: ${detail.finishedAt}`,
    ...countLines(detail),
    ...failureLines(detail),
    ...reportLines(detail),
    '',
    `Execution: ${detail.executionArn}`,
    '',
  ].join('\n');
}

function countLines({ counts, cost }: RunEventDetail): string[] {
  if (!counts) {
    return [];
  }
  const { total, succeeded, failed, skipped } = counts;
  const estimate = cost ? [`Cost:     USD ${cost.total.toFixed(4)}, estimated at prices of ${cost.pricesAsOf}`] : [];
  return [`Items:    ${total}: ${succeeded} succeeded, ${failed} failed, ${skipped} skipped`, ...estimate];
}

function failureLines({ failures = [] }: RunEventDetail): string[] {
  const lines = failures.map(({ count, name, message }) => `  ${count} x ${name}: ${message}`);
  return lines.length > 0 ? ['', 'What failed:', ...lines] : [];
}

function reportLines({ report }: RunEventDetail): string[] {
  return report
    ? [
        '',
        `Report, until ${report.urlExpiresAt} at most (anyone with the link can read it):`,
        report.url,
        `It stays at s3://${report.bucket}/${report.key}`,
      ]
    : ['', 'There is no report: the execution ended before it was written.'];
}
