import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  Choice,
  Condition,
  Fail,
  type INextable,
  JsonPath,
  Pass,
  type State,
  StateMachineFragment,
  Succeed,
  TaskInput,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { RunItemsRequest, StartSessionRequest, StopSessionRequest } from '../contract/batch';
import { ErrorName } from '../contract/errors';
import { callLambda, LAMBDA_CRASH } from './call-lambda';
import { SESSIONS_LOST, StateName } from './state-names';

export interface SessionWorkflowProps {
  readonly worker: IFunction;
  /** How many sessions one child execution may use up. */
  readonly mostSessions: number;
  /** What its states are called in its state machine. */
  readonly nameOf: (name: string) => string;
}

/**
 * A child execution of the Map Run: starts a session, works through its items in it, and stops it on every path. A
 * session that is lost is replaced, and what is unfinished goes on in the next one.
 */
export class SessionWorkflow extends StateMachineFragment {
  readonly startState: State;
  readonly endStates: INextable[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SessionWorkflowProps,
  ) {
    super(scope, id);
    const start = this.start();
    const run = this.runItems();
    const stop = this.stop();
    const another = new Choice(this, props.nameOf(StateName.sessionEnough))
      .when(Condition.stringEquals('$.progress.status', 'done'), this.done())
      .when(Condition.numberLessThan('$.session.attempt', props.mostSessions), start)
      .otherwise(this.failed());
    const allDone = new Choice(this, props.nameOf(StateName.allDone))
      .when(Condition.stringEquals('$.progress.status', 'more'), run)
      .when(Condition.stringEquals('$.progress.status', 'waiting'), this.wait().next(run))
      .otherwise(stop);
    run.addCatch(stop, { resultPath: '$.failure' });
    stop.addCatch(another, { resultPath: JsonPath.DISCARD });
    this.startState = this.prepare();
    (this.startState as Pass).next(start);
    start.next(run);
    run.next(allDone);
    stop.next(another);
  }

  /** From what the batcher hands over to what the other states work on. */
  private prepare(): Pass {
    return new Pass(this, this.props.nameOf(StateName.prepare), {
      parameters: {
        'context.$': '$.BatchInput',
        'items.$': '$.Items',
        session: { attempt: 0 },
        progress: { status: 'more', suspects: [], tasks: [], preparedSession: '' },
      },
    });
  }

  private start(): LambdaInvoke {
    const request: Record<keyof StartSessionRequest, unknown> = {
      action: 'start',
      runId: JsonPath.stringAt('$.context.runId'),
      stage: JsonPath.stringAt('$.context.stage'),
      childName: JsonPath.executionId,
      attempt: JsonPath.mathAdd(JsonPath.numberAt('$.session.attempt'), 1),
    };
    return callLambda(this, this.props.nameOf(StateName.startSession), {
      lambda: this.props.worker,
      payload: TaskInput.fromObject(request),
      resultPath: '$.session',
      // The same start finds the same session.
      transient: [ErrorName.serviceUnavailable, LAMBDA_CRASH],
    });
  }

  private runItems(): LambdaInvoke {
    const request: Record<keyof RunItemsRequest, unknown> = {
      action: 'run',
      context: JsonPath.objectAt('$.context'),
      sessionId: JsonPath.stringAt('$.session.sessionId'),
      items: JsonPath.objectAt('$.items'),
      suspects: JsonPath.objectAt('$.progress.suspects'),
      sessionEndsAt: JsonPath.numberAt('$.session.endsAt'),
      tasks: JsonPath.objectAt('$.progress.tasks'),
      preparedSession: JsonPath.stringAt('$.progress.preparedSession'),
    };
    return callLambda(this, this.props.nameOf(StateName.runItems), {
      lambda: this.props.worker,
      payload: TaskInput.fromObject(request),
      resultPath: '$.progress',
      transient: [ErrorName.serviceUnavailable],
    });
  }

  /** Between two looks at an item that runs in the background. */
  private wait(): Wait {
    return new Wait(this, this.props.nameOf(StateName.waitForItem), {
      time: WaitTime.secondsPath('$.progress.waitSeconds'),
    });
  }

  private stop(): LambdaInvoke {
    const request: Record<keyof StopSessionRequest, unknown> = {
      action: 'stop',
      sessionId: JsonPath.stringAt('$.session.sessionId'),
    };
    return callLambda(this, this.props.nameOf(StateName.stopSession), {
      lambda: this.props.worker,
      payload: TaskInput.fromObject(request),
      resultPath: JsonPath.DISCARD,
      transient: [ErrorName.serviceUnavailable, LAMBDA_CRASH],
    });
  }

  private done(): Succeed {
    return new Succeed(this, this.props.nameOf(StateName.sessionDone), { outputPath: '$.progress' });
  }

  private failed(): Fail {
    return new Fail(this, this.props.nameOf(StateName.sessionFailed), {
      error: SESSIONS_LOST,
      cause: 'the sessions of this child execution were lost, or could not be used, again and again; see its history',
    });
  }
}
