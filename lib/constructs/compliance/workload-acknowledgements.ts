import { AspectPriority, Aspects, type IAspect, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { IConstruct } from 'constructs';
import { acknowledgeComplianceRule, acknowledgeFinding, flattenForNag, skipCheckovCheck } from './acknowledged-rules';

/** Wildcards that grants of aws-cdk-lib and this package bring along, by the resources as cdk-nag spells them. */
const KNOWN_WILDCARDS: readonly { readonly resource: RegExp; readonly reason: string }[] = [
  {
    resource: /^\*$/,
    reason:
      'X-Ray, the deliveries of logs, the list of sessions and the network interfaces of Lambdas know no narrower resource than all; none of them gives access to data.',
  },
  {
    resource: /^<\w+\.Arn>:\*$/,
    reason: 'The wildcard stands for the versions of this one Lambda, whose numbers are not known at deployment.',
  },
  {
    resource: /:logs:.*:log-group:(\*|\/aws\/bedrock-agentcore\/runtimes\/\w+-\*(:log-stream:\*)?)$/,
    reason:
      'The service names the log groups of a Runtime after an id that it gives at deployment, and looks them up among all by their names.',
  },
  {
    resource: /:bedrock:\*::foundation-model\/[\w.:-]+$/,
    reason:
      'An inference profile sends calls to Regions that the service chooses: this one model may be used in them, and through this one profile only.',
  },
  {
    resource: /:states:.*:execution:/,
    reason: 'The wildcard stands for executions of this one state machine, whose names are not known at deployment.',
  },
];

const REASONS = {
  inlinePolicy:
    'The policy holds the grants of this one role, which only this workload takes: it is to come and go with the role, and nothing else may use it.',
  concurrency:
    'The concurrency is bounded by what calls it: maxConcurrency of the batch, or its schedules and triggers. A reserved one would take from the rest of the account.',
  deadLetters:
    'It is called synchronously: an error goes to the caller, which retries or reports it. What is asynchronous is the sweep of sessions, which end by themselves too.',
  vpc: 'It calls public APIs of AWS only, over TLS, and nothing inside of a VPC; its permissions are what bounds it.',
  environment:
    'The environment holds names, limits and settings, which are in the template too, and no secret; Lambda encrypts it with its own key.',
  deadLetterQueue:
    'This is the queue for what could not be delivered or handled: it has no consumer whose failures a further one could take.',
  queueEncryption:
    'The messages name objects and executions, and hold no data. SQS encrypts them with its own key, which services may use without a policy.',
  logs: 'The logs hold names, counts and times, but neither code nor data. CloudWatch Logs encrypts them with its own key.',
};

/** Options of a Lambda whose absence needs a reason. */
export interface AcknowledgedLambda {
  readonly options: { readonly vpc?: unknown; readonly environmentEncryption?: unknown };
  readonly reservedConcurrentExecutions?: number;
}

/** Acknowledges what does not apply to a Lambda that holds no secret and logs no data. */
export function acknowledgeLambdaRules(handler: lambda.Function, role: iam.IRole, given: AcknowledgedLambda): void {
  const resource = handler.node.defaultChild as lambda.CfnFunction;
  acknowledgeComplianceRule(role, 'IAMNoInlinePolicy', REASONS.inlinePolicy);
  acknowledgeKnownWildcards(role);
  acknowledgeKnownWildcards(handler);
  if (given.reservedConcurrentExecutions === undefined) {
    acknowledgeComplianceRule(handler, 'LambdaConcurrency', REASONS.concurrency);
    skipCheckovCheck(resource, 'CKV_AWS_115', REASONS.concurrency);
  }
  if (!given.options.vpc) {
    acknowledgeComplianceRule(handler, 'LambdaInsideVPC', REASONS.vpc);
    skipCheckovCheck(resource, 'CKV_AWS_117', REASONS.vpc);
  }
  if (!given.options.environmentEncryption) {
    skipCheckovCheck(resource, 'CKV_AWS_173', REASONS.environment);
  }
}

/** Acknowledges that a Lambda that is called synchronously has no dead-letter queue. */
export function acknowledgeSynchronousCalls(handler: lambda.Function): void {
  acknowledgeComplianceRule(handler, 'LambdaDLQ', REASONS.deadLetters);
  skipCheckovCheck(handler.node.defaultChild as lambda.CfnFunction, 'CKV_AWS_116', REASONS.deadLetters);
}

/** Acknowledges the encryption of a queue by SQS's own key. */
export function acknowledgeQueueEncryption(queue: sqs.Queue): void {
  skipCheckovCheck(queue.node.defaultChild as sqs.CfnQueue, 'CKV_AWS_27', REASONS.queueEncryption);
}

/** Acknowledges that a queue for dead letters has none itself. */
export function acknowledgeDeadLetterQueueRules(queue: sqs.Queue): void {
  acknowledgeFinding(queue, 'AwsSolutions-SQS3', REASONS.deadLetterQueue);
}

/** Acknowledges the grant of one Lambda, with its versions, to the role of a scheduler. */
export function acknowledgeSchedulerRoleRules(role: iam.Role): void {
  acknowledgeComplianceRule(role, 'IAMNoInlinePolicy', REASONS.inlinePolicy);
  acknowledgeKnownWildcards(role);
}

/** Acknowledges the grant of one Lambda, with its versions, to the role of a Gateway. */
export function acknowledgeGatewayRoleRules(role: iam.IRole): void {
  acknowledgeComplianceRule(role, 'IAMNoInlinePolicy', REASONS.inlinePolicy);
  acknowledgeKnownWildcards(role);
}

/** Acknowledges the encryption of a log group by the service's key, for logs without code and data. */
export function acknowledgeLogGroupRules(group: logs.LogGroup): void {
  acknowledgeComplianceRule(group, 'CloudWatchLogGroupEncrypted', REASONS.logs);
  skipCheckovCheck(group.node.defaultChild as logs.CfnLogGroup, 'CKV_AWS_158', REASONS.logs);
}

/** Acknowledges the wildcards that the role of an agent cannot do without. */
export function acknowledgeAgentRoleRules(role: iam.IRole): void {
  acknowledgeComplianceRule(role, 'IAMNoInlinePolicy', REASONS.inlinePolicy);
  acknowledgeKnownWildcards(role);
}

/** Acknowledges what aws-cdk-lib grants to the role of a state machine. */
export function acknowledgeStateMachineRules(stateMachine: sfn.StateMachine): void {
  acknowledgeComplianceRule(stateMachine, 'IAMNoInlinePolicy', REASONS.inlinePolicy);
  acknowledgeKnownWildcards(stateMachine);
}

/** At the end of synth, when all grants have been made. */
function acknowledgeKnownWildcards(scope: IConstruct): void {
  Aspects.of(scope).add(new KnownWildcards(), { priority: AspectPriority.READONLY });
}

class KnownWildcards implements IAspect {
  visit(node: IConstruct): void {
    if (!iam.CfnPolicy.isCfnPolicy(node)) {
      return;
    }
    const document = Stack.of(node).resolve(node.policyDocument) as { Statement?: { Resource?: unknown }[] };
    const resources = (document.Statement ?? []).flatMap(({ Resource }) => Resource ?? []).map(flattenForNag);
    for (const resource of new Set(resources)) {
      const known = KNOWN_WILDCARDS.find((wildcard) => wildcard.resource.test(resource));
      if (known) {
        acknowledgeFinding(node, `AwsSolutions-IAM5[Resource::${resource}]`, known.reason);
      }
    }
  }
}
