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
import type {
  GiveUpRequest,
  RunItemsRequest,
  StartSessionRequest,
  StateFailure,
  StopSessionRequest,
} from '../contract/batch';
import { ErrorName } from '../contract/errors';
import { callLambda, LAMBDA_CRASHES } from './call-lambda';
import { SESSIONS_LOST, StateName } from './state-names';

export interface SessionWorkflowProps {
  readonly worker: IFunction;
  /** How many sessions one child execution may use up. */
  readonly maxSessions: number;
  /** What its states are called in its state machine. */
  readonly nameOf: (name: string) => string;
}

/** How often the items of a child execution may fail to run for another reason than that their session is lost. */
const MAX_FAILURES = 3;

/** The reason for giving up when nothing else has failed. */
const SESSIONS_ENDED = { Error: SESSIONS_LOST, Cause: 'its sessions ended early, again and again' };

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
    const giveUp = this.giveUp();
    const another = new Choice(this, props.nameOf(StateName.anotherSession))
      .when(Condition.stringEquals('$.progress.status', 'done'), this.done())
      .when(
        Condition.and(
          Condition.numberLessThan('$.session.attempt', props.maxSessions),
          Condition.numberLessThan('$.failures.count', MAX_FAILURES),
        ),
        start,
      )
      .otherwise(giveUp);
    const allDone = new Choice(this, props.nameOf(StateName.allDone))
      .when(Condition.stringEquals('$.progress.status', 'more'), run)
      .when(Condition.stringEquals('$.progress.status', 'waiting'), this.wait().next(run))
      .otherwise(stop);
    start.addCatch(giveUp, { resultPath: '$.failures.last' });
    const noted = this.noteFailure();
    run.addCatch(noted, { resultPath: '$.failures.last' });
    noted.next(stop);
    const failed = this.failed();
    giveUp.addCatch(failed, { resultPath: JsonPath.DISCARD });
    giveUp.next(failed);
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
        failures: { count: 0, last: SESSIONS_ENDED satisfies StateFailure },
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
      transient: [ErrorName.serviceUnavailable, ...LAMBDA_CRASHES],
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
      transient: [ErrorName.serviceUnavailable, ...LAMBDA_CRASHES],
    });
  }

  /** Sessions that are lost are replaced; what fails for other reasons, such as a missing permission, fails again. */
  private noteFailure(): Pass {
    return new Pass(this, this.props.nameOf(StateName.noteFailure), {
      parameters: {
        count: JsonPath.mathAdd(JsonPath.numberAt('$.failures.count'), 1),
        last: JsonPath.objectAt('$.failures.last'),
      },
      resultPath: '$.failures',
    });
  }

  private giveUp(): LambdaInvoke {
    const request: Record<keyof GiveUpRequest, unknown> = {
      action: 'giveUp',
      context: JsonPath.objectAt('$.context'),
      items: JsonPath.objectAt('$.items'),
      failure: JsonPath.objectAt('$.failures.last'),
    };
    return callLambda(this, this.props.nameOf(StateName.giveUp), {
      lambda: this.props.worker,
      payload: TaskInput.fromObject(request),
      resultPath: JsonPath.DISCARD,
      transient: LAMBDA_CRASHES,
    });
  }

  private done(): Succeed {
    return new Succeed(this, this.props.nameOf(StateName.sessionDone), { outputPath: '$.progress' });
  }

  private failed(): Fail {
    return new Fail(this, this.props.nameOf(StateName.sessionFailed), {
      error: SESSIONS_LOST,
      causePath: '$.failures.last.Cause',
    });
  }
}
