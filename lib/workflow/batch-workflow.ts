import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import {
  Choice,
  Condition,
  Fail,
  type INextable,
  ItemBatcher,
  JsonPath,
  type State,
  StateMachineFragment,
  Succeed,
  TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { PlanRequest, ReportRequest, SessionContext } from '../contract/batch';
import { runsPrefix } from '../contract/layout';
import { callLambda, LAMBDA_CRASH } from './call-lambda';
import { SessionWorkflow } from './session-workflow';
import { SessionsMap } from './sessions-map';
import { StateName, WorkflowError } from './state-names';

/** Keeps a child execution's input under Step Functions' 256 KiB, with room for the rest of its state. In bytes. */
const BATCH_INPUT_BYTES = 128 * 1024;

export interface BatchWorkflowProps {
  readonly batchName: string;
  readonly planner: IFunction;
  readonly worker: IFunction;
  readonly reporter: IFunction;
  readonly bucket: IBucket;
  readonly maxConcurrency: number;
  readonly itemsPerSession: number;
}

/**
 * The states of a batch: Plan, a Distributed Map whose every child execution owns one session at a time, Report.
 *
 * The Map Run tolerates any failure of its children, because what counts is items, not sessions: Report accounts for
 * every item of the manifest, also for those that no session came to, and the last choice compares the failed share
 * with what the batch tolerates.
 */
export class BatchWorkflow extends StateMachineFragment {
  readonly startState: State;
  readonly endStates: INextable[] = [];

  constructor(scope: Construct, id: string, props: BatchWorkflowProps) {
    super(scope, id);
    const planRequest: Record<keyof PlanRequest, unknown> = {
      executionName: JsonPath.executionName,
      request: JsonPath.objectAt('$'),
    };
    const reportRequest: Record<keyof ReportRequest, unknown> = {
      plan: JsonPath.objectAt('$.plan'),
      executionName: JsonPath.executionName,
    };
    const plan = callLambda(this, StateName.plan, {
      lambda: props.planner,
      payload: TaskInput.fromObject(planRequest),
      resultSelector: { 'plan.$': '$' },
      transient: [LAMBDA_CRASH],
    });
    const report = callLambda(this, StateName.report, {
      lambda: props.reporter,
      payload: TaskInput.fromObject(reportRequest),
      resultSelector: { 'report.$': '$' },
      transient: [LAMBDA_CRASH],
    });
    const analyse = this.analyse(props);
    analyse.addCatch(report, { resultPath: '$.mapFailure' });
    this.startState = plan;
    plan.next(
      new Choice(this, StateName.anythingToDo)
        .when(Condition.numberGreaterThan('$.plan.pending', 0), analyse.next(report))
        .otherwise(report),
    );
    report.next(
      new Choice(this, StateName.withinTolerance)
        .when(Condition.booleanEquals('$.report.withinTolerance', true), this.succeeded())
        .otherwise(
          new Fail(this, StateName.failed, {
            error: WorkflowError.tooManyFailures,
            causePath: '$.report.message',
          }),
        ),
    );
  }

  private succeeded(): State {
    return new Succeed(this, StateName.succeeded, { outputPath: '$.report' });
  }

  private analyse(props: BatchWorkflowProps): SessionsMap {
    // The batcher renders no JSONPath of its own, so the names say that these are some.
    const context: Record<`${keyof SessionContext}.$`, string> = {
      'runId.$': '$.plan.runId',
      'parameters.$': '$.plan.parameters',
    };
    const map = new SessionsMap(this, StateName.analyse, {
      label: 'Analyse',
      maxConcurrency: props.maxConcurrency,
      toleratedFailurePercentage: 100,
      bucket: props.bucket,
      itemsKeyPath: '$.plan.pendingKey',
      resultsPrefix: JsonPath.format(`${runsPrefix(props.batchName)}{}/map`, JsonPath.stringAt('$.plan.runId')),
      itemBatcher: new ItemBatcher({
        maxItemsPerBatch: props.itemsPerSession,
        maxInputBytesPerBatch: BATCH_INPUT_BYTES,
        batchInput: context,
      }),
      resultPath: JsonPath.DISCARD,
    });
    const sessions = new SessionWorkflow(this, 'Session', {
      worker: props.worker,
      // Each of its items can take two sessions along when alone, after one that they shared; the last one is healthy.
      mostSessions: 2 * props.itemsPerSession + 2,
    });
    map.itemProcessor(sessions);
    return map;
  }
}
