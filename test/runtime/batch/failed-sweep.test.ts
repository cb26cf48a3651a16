import type { ReportRequest, ReportResponse, RunSummary } from '../../../lib/contract/batch';
import { Gatherer } from '../../../lib/runtime/batch/gather';
import { localHandler } from '../../support/local-handler';
import { Planning, SALES } from '../../support/planning';
import { s3StandIn } from '../../support/s3-stand-in';

/** What the service answers to ListCodeInterpreterSessions. */
const REFUSALS = {
  denied: [403, 'AccessDeniedException'],
  throttled: [429, 'ThrottlingException'],
  broken: [500, 'InternalServerException'],
} as const;

describe('sessions that cannot be looked for at the end of a run', () => {
  const planning = Planning.forEachTest('incoming/a.csv');

  test.each(Object.entries(REFUSALS))(
    '%s: are a warning in the report, which is written all the same',
    async (_, refusal) => {
      const [status, __type] = refusal;
      const service = await s3StandIn(status, JSON.stringify({ __type, message: 'not <now>' }));
      // A minute is kept back; the sweep may have half of the rest.
      const reporter = localHandler(
        'batch-report',
        {
          ...planning.environment,
          BATCH_SETTINGS: JSON.stringify(SALES),
          CODE_INTERPRETER_ID: 'aws.codeinterpreter.v1',
          AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: service.endpoint,
        },
        undefined,
        64,
      );
      try {
        const plan = await planning.plan();
        await new Gatherer(SALES, planning.store, plan.runId, plan.runId).gather();
        const mapFailure = { Error: '', Cause: '' };
        const request: ReportRequest = { action: 'report', plan, combine: false, mapFailure, redriveCount: 0 };
        const response = (await reporter.invoke(request)) as ReportResponse;
        const summary = await planning.store.findJson<RunSummary>(response.summaryKey);
        expect(summary).toMatchObject({ counts: { total: 1 }, sessions: { orphaned: 0 } });
        expect(summary?.sessions.sweepFailure).toMatch(/Denied|ServiceRejected|ServiceUnavailable|Throttl|Internal/);
        const report = await planning.store.text(response.reportKey);
        expect(report).toContain('Sessions of this run may still be open');
        expect(report).not.toContain('not <now>');
        expect(await planning.store.stat('runs/Sales/latest.json')).toBeDefined();
      } finally {
        await reporter.stop();
        service.close();
      }
    },
  );
});
