import { Stack } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { injectProps } from '../base/property-injection';
import type { ICodeInterpreter } from '../model/code-interpreter-base';
import { referenceInterpreter } from '../model/interpreter-reference';
import { deliveryName } from './delivery-name';
import { LogDestination } from './log-destination';

/** The logs and traces that an interpreter delivers, besides its metrics. */
export interface CodeInterpreterObservability {
  /**
   * Delivers usage logs: vCPU and memory of each session, a record a second.
   *
   * @default false
   */
  readonly usageLogs?: boolean;
  /**
   * Where usage logs go.
   *
   * @default LogDestination.cloudWatchLogs()
   */
  readonly usageLogDestination?: LogDestination;
  /**
   * Delivers application logs: every request and response, so the code and its output too.
   *
   * @default false
   */
  readonly applicationLogs?: boolean;
  /**
   * Where application logs go.
   *
   * @default LogDestination.cloudWatchLogs() - encrypted with a key of their own
   */
  readonly applicationLogDestination?: LogDestination;
  /**
   * Delivers spans to X-Ray. They show in `aws/spans` once Transaction Search is on in the account, and who deploys
   * needs `xray:PutResourcePolicy` and `xray:ListResourcePolicies`.
   *
   * @default false
   */
  readonly traces?: boolean;
}

/** Deliveries of an interpreter that this app did not create. */
export interface CodeInterpreterLogDeliveriesProps extends CodeInterpreterObservability {
  /** The interpreter. */
  readonly interpreter: ICodeInterpreter;
}

/** The last delivery of each stack. */
const lastDeliveries = new WeakMap<Stack, logs.CfnDelivery>();

/**
 * Delivers logs and traces of an interpreter. `CodeInterpreter` makes one of its own: see its `observability`.
 *
 * @example
 * declare const imported: ICodeInterpreter;
 * new CodeInterpreterLogDeliveries(this, 'Deliveries', { interpreter: imported, usageLogs: true });
 *
 * @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/observability-configure.html
 */
export class CodeInterpreterLogDeliveries extends Construct {
  /** Identifies this class to property injectors. */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-agentcore-code-interpreter.CodeInterpreterLogDeliveries';

  private readonly interpreter: ICodeInterpreter;

  constructor(scope: Construct, id: string, properties: CodeInterpreterLogDeliveriesProps) {
    super(scope, id);
    const props = injectProps(CodeInterpreterLogDeliveries.PROPERTY_INJECTION_ID, scope, id, properties);
    this.interpreter = referenceInterpreter(this, props.interpreter);
    if (props.usageLogs) {
      this.deliverLogs('Usage', 'USAGE_LOGS', props.usageLogDestination, false);
    }
    if (props.applicationLogs) {
      this.deliverLogs('Application', 'APPLICATION_LOGS', props.applicationLogDestination, true);
    }
    if (props.traces) {
      this.deliverTraces();
    }
  }

  private deliverLogs(id: string, logType: string, given: LogDestination | undefined, confidential: boolean): void {
    const scope = new Construct(this, id);
    const destination = given ?? LogDestination.cloudWatchLogs();
    const bound = destination._bind(scope, { kind: id.toLowerCase(), confidential });
    const resource = new logs.CfnDeliveryDestination(scope, 'Destination', {
      name: deliveryName(scope, bound.type, bound.arn),
      deliveryDestinationType: bound.type,
      destinationResourceArn: bound.arn,
    });
    this.connect(scope, logType, resource).node.addDependency(...bound.dependencies);
  }

  private deliverTraces(): void {
    const scope = new Construct(this, 'Traces');
    const destination = new logs.CfnDeliveryDestination(scope, 'Destination', {
      name: deliveryName(scope, 'XRAY'),
      deliveryDestinationType: 'XRAY',
    });
    this.connect(scope, 'TRACES', destination);
  }

  private connect(scope: Construct, logType: string, destination: logs.CfnDeliveryDestination): logs.CfnDelivery {
    const { codeInterpreterArn } = this.interpreter;
    const source = new logs.CfnDeliverySource(scope, 'Source', {
      name: deliveryName(scope, logType, this.interpreter.interpreterName ?? codeInterpreterArn),
      logType,
      resourceArn: codeInterpreterArn,
    });
    const delivery = new logs.CfnDelivery(scope, 'Delivery', {
      deliverySourceName: source.ref,
      deliveryDestinationArn: destination.attrArn,
    });
    this.chain(delivery);
    return delivery;
  }

  /** The service refuses to set up several deliveries at a time. */
  private chain(delivery: logs.CfnDelivery): void {
    const stack = Stack.of(this);
    const last = lastDeliveries.get(stack);
    if (last) {
      delivery.node.addDependency(last);
    }
    lastDeliveries.set(stack, delivery);
  }
}
