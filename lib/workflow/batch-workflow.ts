import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import {
  Choice,
  Condition,
  type IChainable,
  type INextable,
  ItemBatcher,
  JsonPath,
  type State,
  StateMachineFragment,
  Succeed,
  TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type {
  FailRequest,
  GatherRequest,
  PlanRequest,
  ReportRequest,
  SessionContext,
  Stage,
  StateFailure,
} from '../contract/batch';
import { mapResultsFolder, runsPrefix } from '../contract/layout';
import { callLambda, LAMBDA_CRASHES } from './call-lambda';
import { SessionWorkflow } from './session-workflow';
import { SessionsMap } from './sessions-map';
import { combining, StateName } from './state-names';

/** Keeps a child execution's input under Step Functions' 256 KiB, with room for the rest of its state. In bytes. */
const BATCH_INPUT_BYTES = 128 * 1024;

/** In the context object. It is not among the paths that CDK has a constant for. */
const REDRIVE_COUNT = '$$.Execution.RedriveCount';

/** A value for the path that a Catch of a map overwrites. */
const NO_FAILURE: StateFailure = { Error: '', Cause: '' };

export interface BatchWorkflowProps {
  readonly batchName: string;
  readonly planner: IFunction;
  readonly worker: IFunction;
  readonly reporter: IFunction;
  readonly bucket: IBucket;
  readonly maxConcurrency: number;
  readonly itemsPerSession: number;
  /** Whether there is a script over all results. */
  readonly combine: boolean;
}

/**
 * The states of a batch: Plan, a Distributed Map whose every child execution owns one session at a time, another one of
 * a single item for the script over all results, if there is one, and Report.
 *
 * The Map Runs tolerate any failure of their children, because what counts is items, not sessions: Report accounts for
 * every item of the manifest, also for those that no session came to, and compares the failed share with what the batch
 * tolerates. What fails the execution is a task, and not a Fail state: a redrive begins with what has failed, and would
 * come no further than to the same Fail state. From the task, it goes back to Plan.
 */
export class BatchWorkflow extends StateMachineFragment {
  readonly startState: State;
  readonly endStates: INextable[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BatchWorkflowProps,
  ) {
    super(scope, id);
    const plan = this.plan();
    const gather = this.gather();
    const analyse = this.analyse();
    analyse.addCatch(gather, { resultPath: '$.mapFailure' });
    this.startState = plan;
    plan.next(
      new Choice(this, StateName.anythingToDo)
        .when(Condition.numberGreaterThan('$.plan.pending', 0), analyse.next(gather))
        .otherwise(gather),
    );
    const report = this.report();
    gather.next(props.combine ? this.combineBefore(report) : report);
    report.next(
      new Choice(this, StateName.runSucceeded)
        .when(
          Condition.stringEquals('$.report.status', 'succeeded'),
          new Succeed(this, StateName.succeeded, { outputPath: '$.report' }),
        )
        .otherwise(this.fail().next(plan)),
    );
  }

  private plan(): LambdaInvoke {
    const request: Record<keyof PlanRequest, unknown> = {
      executionName: JsonPath.executionName,
      request: JsonPath.executionInput,
    };
    return callLambda(this, StateName.plan, {
      lambda: this.props.planner,
      payload: TaskInput.fromObject(request),
      // In the place of the execution's input, which may fill a state's data by itself.
      resultSelector: { 'plan.$': '$', mapFailure: NO_FAILURE },
      transient: LAMBDA_CRASHES,
    });
  }

  private gather(): LambdaInvoke {
    const request: Record<keyof GatherRequest, unknown> = {
      action: 'gather',
      runId: JsonPath.stringAt('$.plan.runId'),
      executionName: JsonPath.executionName,
      mapFailure: JsonPath.objectAt('$.mapFailure'),
    };
    return this.callReporter(StateName.gather, request, 'gathered');
  }

  private report(): LambdaInvoke {
    const request: Record<keyof ReportRequest, unknown> = {
      action: 'report',
      plan: JsonPath.objectAt('$.plan'),
      combine: JsonPath.objectAt('$.gathered.combine'),
      mapFailure: JsonPath.objectAt('$.mapFailure'),
      redriveCount: JsonPath.numberAt(REDRIVE_COUNT),
    };
    return this.callReporter(StateName.report, request, 'report');
  }

  private fail(): LambdaInvoke {
    const request: Record<keyof FailRequest, unknown> = {
      action: 'fail',
      report: JsonPath.objectAt('$.report'),
      redriveCount: JsonPath.numberAt(REDRIVE_COUNT),
    };
    return callLambda(this, StateName.failed, {
      lambda: this.props.reporter,
      payload: TaskInput.fromObject(request),
      resultPath: JsonPath.DISCARD,
    });
  }

  private callReporter(state: string, request: Record<string, unknown>, answer: string): LambdaInvoke {
    return callLambda(this, state, {
      lambda: this.props.reporter,
      payload: TaskInput.fromObject(request),
      resultPath: `$.${answer}`,
      transient: LAMBDA_CRASHES,
    });
  }

  private combineBefore(report: LambdaInvoke): IChainable {
    const combine = this.map(StateName.combine, 'combine', {
      itemsKeyPath: '$.gathered.combineKey',
      itemsPerSession: 1,
      maxConcurrency: 1,
      nameOf: combining,
    });
    combine.addCatch(report, { resultPath: '$.mapFailure' });
    return new Choice(this, StateName.anythingToCombine)
      .when(Condition.booleanEquals('$.gathered.combine', true), combine.next(report))
      .otherwise(report);
  }

  private analyse(): SessionsMap {
    const { itemsPerSession, maxConcurrency } = this.props;
    return this.map(StateName.analyse, 'analyse', {
      itemsKeyPath: '$.plan.pendingKey',
      itemsPerSession,
      maxConcurrency,
      nameOf: (name) => name,
    });
  }

  private map(state: typeof StateName.analyse | typeof StateName.combine, stage: Stage, of: MapOptions): SessionsMap {
    // The batcher renders no JSONPath of its own, so the names say that these are some.
    const context: Record<`${Exclude<keyof SessionContext, 'stage'>}.$` | 'stage', string> = {
      'runId.$': '$.plan.runId',
      'parameters.$': '$.plan.parameters',
      stage,
    };
    const map = new SessionsMap(this, state, {
      label: state,
      maxConcurrency: of.maxConcurrency,
      toleratedFailurePercentage: 100,
      bucket: this.props.bucket,
      itemsKeyPath: of.itemsKeyPath,
      resultsPrefix: JsonPath.format(
        mapResultsFolder(`${runsPrefix(this.props.batchName)}{}/`),
        JsonPath.stringAt('$.plan.runId'),
      ),
      itemBatcher: new ItemBatcher({
        maxItemsPerBatch: of.itemsPerSession,
        maxInputBytesPerBatch: BATCH_INPUT_BYTES,
        batchInput: context,
      }),
      resultPath: JsonPath.DISCARD,
    });
    const sessions = new SessionWorkflow(this, stage === 'analyse' ? 'Session' : 'CombineSession', {
      worker: this.props.worker,
      // Each of its items can take two sessions along when alone, after one that they shared; the last one is healthy.
      maxSessions: 2 * of.itemsPerSession + 2,
      nameOf: of.nameOf,
    });
    map.itemProcessor(sessions);
    return map;
  }
}

interface MapOptions {
  readonly itemsKeyPath: string;
  readonly itemsPerSession: number;
  readonly maxConcurrency: number;
  /** What the states of its children are called. */
  readonly nameOf: (name: string) => string;
}
