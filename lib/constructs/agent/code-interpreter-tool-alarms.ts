import { Duration, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { validationError } from '../base/construct-validation';
import { injectProps } from '../base/property-injection';
import { alarmDescription, RunbookSection } from '../base/runbook';
import type { CodeInterpreterTool } from './code-interpreter-tool';

/** Properties of the alarms on a tool. */
export interface CodeInterpreterToolAlarmsProps {
  /** The tool. */
  readonly tool: CodeInterpreterTool;
  /**
   * Actions when an alarm goes off, and when it clears.
   *
   * @default - nothing: the alarms show in the console only
   */
  readonly actions?: cloudwatch.IAlarmAction[];
  /**
   * How many failed calls in five minutes are too many, at least 1. Failures of code and invalid arguments do not count.
   *
   * @default 5
   */
  readonly errors?: number;
  /**
   * How many calls in five minutes are too many, at least 1: an agent that calls without end.
   *
   * @default 1000
   */
  readonly calls?: number;
}

const PERIOD = Duration.minutes(5);

/**
 * Alarms on a tool: calls that fail, and an agent that calls without end. Each has a link to its section of the runbook.
 *
 * @example
 * declare const tool: CodeInterpreterTool;
 * declare const topic: sns.ITopic;
 * new CodeInterpreterToolAlarms(this, 'Alarms', { tool, actions: [new cloudwatch_actions.SnsAction(topic)] });
 */
export class CodeInterpreterToolAlarms extends Construct {
  /** Identifies this class to property injectors. */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-agentcore-code-interpreter.CodeInterpreterToolAlarms';

  /** All alarms. */
  public readonly alarms: cloudwatch.Alarm[] = [];

  constructor(scope: Construct, id: string, properties: CodeInterpreterToolAlarmsProps) {
    super(scope, id);
    const props = injectProps(CodeInterpreterToolAlarms.PROPERTY_INJECTION_ID, scope, id, properties);
    const { tool, errors = 5, calls = 1000 } = props;
    this.add('Errors', props, tool.metricErrors({ period: PERIOD }), errors, [
      `Calls of the tool ${tool.toolName} fail.`,
      RunbookSection.failedToolCalls,
    ]);
    this.add('Calls', props, tool.metricCalls({ period: PERIOD }), calls, [
      `The tool ${tool.toolName} is called very often.`,
      RunbookSection.manyToolCalls,
    ]);
  }

  private add(
    id: string,
    { actions = [] }: CodeInterpreterToolAlarmsProps,
    metric: cloudwatch.Metric,
    threshold: number,
    [meaning, section]: [string, RunbookSection],
  ): void {
    if (!Token.isUnresolved(threshold) && !(Number.isInteger(threshold) && threshold >= 1)) {
      const field = id.toLowerCase();
      throw validationError(this, 'ToolAlarmThreshold', `${field} must be a whole number, 1 or more; got ${threshold}`);
    }
    const alarm = metric.createAlarm(this, id, {
      threshold,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // No calls, no data.
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription: alarmDescription(meaning, section),
    });
    for (const action of actions) {
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
    this.alarms.push(alarm);
  }
}
