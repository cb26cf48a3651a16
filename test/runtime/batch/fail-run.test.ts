import type { ReportResponse } from '../../../lib/contract/batch';
import { failRun } from '../../../lib/runtime/batch/fail-run';

const report = (redriveCount: number): ReportResponse => ({
  runId: 'run-1',
  status: 'failed',
  error: 'TooManyItemsFailed',
  message: '3 of 10 items failed, more than the tolerated 0 %',
  redriveCount,
  counts: { total: 10, succeeded: 7, failed: 3, skipped: 0 },
  summaryKey: 's',
  resultsKey: 'r',
  reportKey: 'p',
});

test('fails with the error and the message that the report has found', () => {
  expect(() => failRun({ action: 'fail', report: report(0), redriveCount: 0 })).toThrow(
    expect.objectContaining({
      name: 'TooManyItemsFailed',
      message: '3 of 10 items failed, more than the tolerated 0 %',
    }),
  );
});

test('lets the workflow go on once it has been redriven, and fails again after the next report', () => {
  expect(failRun({ action: 'fail', report: report(0), redriveCount: 1 })).toEqual({ tryAgain: true });
  expect(() => failRun({ action: 'fail', report: report(1), redriveCount: 1 })).toThrow('3 of 10 items failed');
});
