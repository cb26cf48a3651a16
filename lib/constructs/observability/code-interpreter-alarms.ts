import { Duration, Token, Tokenization } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { validationError } from '../base/construct-validation';
import { isPassedThrough } from '../base/duration-range';
import { injectProps } from '../base/property-injection';
import { alarmDescription, RunbookSection } from '../base/runbook';
import type { ICodeInterpreter } from '../model/code-interpreter-base';
import { referenceInterpreter } from '../model/interpreter-reference';
import { sumOverOperations } from './operation-metrics';

/** Alarms on an interpreter. */
export interface CodeInterpreterAlarmsProps {
  /** The interpreter. */
  readonly interpreter: ICodeInterpreter;
  /**
   * Actions when an alarm goes off, and when it clears.
   *
   * @default - nothing: the alarms show in the console only
   */
  readonly actions?: cloudwatch.IAlarmAction[];
  /**
   * How many system errors in five minutes are too many.
   *
   * @default 5
   */
  readonly systemErrors?: number;
  /**
   * How many throttled requests in five minutes are too many.
   *
   * @default 10
   */
  readonly throttles?: number;
  /**
   * Which share of requests may end in a user error, in percent of at least 20 requests in five minutes.
   *
   * @default 25
   */
  readonly userErrorPercentage?: number;
  /**
   * How long the start of a session may take, at the 95th percentile.
   *
   * @default Duration.seconds(10)
   */
  readonly startLatency?: Duration;
  /**
   * How many sessions the account may have at a time: its quota.
   *
   * @default 1000
   */
  readonly sessionQuota?: number;
  /**
   * Which share of the session quota may be in use, in percent.
   *
   * @default 80
   */
  readonly sessionQuotaPercentage?: number;
  /**
   * The daily cost of all sessions of the account above which the alarm goes off, in US dollars, as estimated from metrics.
   *
   * @default - no alarm on the cost
   */
  readonly dailyCost?: number;
}

const PERIOD = Duration.minutes(5);
/** A share of a handful of requests says nothing. */
const MIN_REQUESTS = 20;

/**
 * Alarms with sensible thresholds, each with a link to its section of the runbook. They go off when two of the last three
 * periods of five minutes are bad, so that one hiccup wakes nobody.
 *
 * @example
 * declare const interpreter: CodeInterpreter;
 * declare const topic: sns.ITopic;
 * new CodeInterpreterAlarms(this, 'Alarms', { interpreter, actions: [new cloudwatch_actions.SnsAction(topic)] });
 *
 * @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/observability-tool-metrics.html
 */
export class CodeInterpreterAlarms extends Construct {
  /** Identifies this class to property injectors. */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-agentcore-code-interpreter.CodeInterpreterAlarms';

  /** All alarms. */
  public readonly alarms: cloudwatch.Alarm[] = [];
  private readonly interpreter: ICodeInterpreter;
  private readonly actions: cloudwatch.IAlarmAction[];

  constructor(scope: Construct, id: string, properties: CodeInterpreterAlarmsProps) {
    super(scope, id);
    const props = injectProps(CodeInterpreterAlarms.PROPERTY_INJECTION_ID, scope, id, properties);
    this.check(props);
    this.interpreter = referenceInterpreter(this, props.interpreter);
    this.actions = props.actions ?? [];
    this.onErrors(props);
    this.onUse(props);
  }

  private onErrors(props: CodeInterpreterAlarmsProps): void {
    this.add('SystemErrors', {
      metric: sumOverOperations(this.interpreter, 'SystemErrors', PERIOD),
      threshold: props.systemErrors ?? 5,
      alarmDescription: alarmDescription('The service fails requests to the interpreter.', RunbookSection.systemErrors),
    });
    this.add('Throttles', {
      metric: sumOverOperations(this.interpreter, 'Throttles', PERIOD),
      threshold: props.throttles ?? 10,
      alarmDescription: alarmDescription('Requests to the interpreter are throttled.', RunbookSection.throttles),
    });
    this.add('UserErrors', {
      metric: this.userErrorShare(),
      threshold: props.userErrorPercentage ?? 25,
      alarmDescription: alarmDescription('Many requests to the interpreter are invalid.', RunbookSection.userErrors),
    });
    this.add('SlowStarts', {
      metric: this.interpreter.metricLatencyForApiOperation('StartCodeInterpreterSession', {
        statistic: 'p95',
        period: PERIOD,
      }),
      threshold: (props.startLatency ?? Duration.seconds(10)).toMilliseconds(),
      alarmDescription: alarmDescription('Sessions of the interpreter start slowly.', RunbookSection.slowStarts),
    });
  }

  private onUse(props: CodeInterpreterAlarmsProps): void {
    this.add('ActiveSessions', {
      metric: this.sessionShare(props.sessionQuota ?? 1000),
      threshold: props.sessionQuotaPercentage ?? 80,
      alarmDescription: alarmDescription(
        'The sessions of the account come near their quota.',
        RunbookSection.activeSessions,
      ),
    });
    if (props.dailyCost !== undefined) {
      this.add('DailyCost', {
        metric: this.interpreter.metricEstimatedCost({ period: Duration.days(1) }),
        threshold: props.dailyCost,
        evaluationPeriods: 1,
        datapointsToAlarm: 1,
        alarmDescription: alarmDescription('The sessions of a day cost more than planned.', RunbookSection.dailyCost),
      });
    }
  }

  private sessionShare(quota: number): cloudwatch.MathExpression {
    return new cloudwatch.MathExpression({
      // The quota can be a token.
      expression: `100 * sessions / ${Tokenization.stringifyNumber(quota)}`,
      usingMetrics: { sessions: this.interpreter.metricActiveSessions({ period: PERIOD }) },
      label: 'Active sessions in percent of the quota',
      period: PERIOD,
    });
  }

  private userErrorShare(): cloudwatch.MathExpression {
    return new cloudwatch.MathExpression({
      expression: `IF(requests >= ${MIN_REQUESTS}, 100 * errors / requests, 0)`,
      usingMetrics: {
        errors: sumOverOperations(this.interpreter, 'UserErrors', PERIOD),
        requests: sumOverOperations(this.interpreter, 'Invocations', PERIOD),
      },
      label: 'User errors in percent',
      period: PERIOD,
    });
  }

  private add(
    id: string,
    props: Partial<cloudwatch.AlarmProps> & Pick<cloudwatch.AlarmProps, 'metric' | 'threshold'>,
  ): void {
    const alarm = new cloudwatch.Alarm(this, id, {
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // No requests, no data.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      ...props,
    });
    for (const action of this.actions) {
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
    this.alarms.push(alarm);
  }

  private check(props: CodeInterpreterAlarmsProps): void {
    const positive = ['systemErrors', 'throttles', 'sessionQuota', 'dailyCost'] as const;
    for (const name of positive) {
      this.checkRange(name, props[name], Number.MAX_SAFE_INTEGER);
    }
    for (const name of ['userErrorPercentage', 'sessionQuotaPercentage'] as const) {
      this.checkRange(name, props[name], 100);
    }
    const { startLatency } = props;
    if (startLatency && !isPassedThrough(this, 'startLatency', startLatency, 'millis')) {
      this.checkRange('startLatency', startLatency.toMilliseconds(), Number.MAX_SAFE_INTEGER);
    }
  }

  private checkRange(name: string, value: number | undefined, max: number): void {
    if (value !== undefined && !Token.isUnresolved(value) && !(value > 0 && value <= max)) {
      const range = max === 100 ? 'greater than 0 and at most 100' : 'greater than 0';
      throw validationError(this, 'AlarmThresholdInvalid', `${name} must be ${range}; got ${value}`);
    }
  }
}
