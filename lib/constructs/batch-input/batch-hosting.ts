import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { validationError } from '../base/construct-validation';
import { requireTrust } from '../base/role-trust';
import { requireWholeNumber } from '../base/whole-number';
import { LAMBDA_PRINCIPAL } from '../lambda/handler-lambda';
import type { LambdaOptions } from '../lambda/lambda-options';
import { checkLambdaOptions } from '../lambda/lambda-options-validation';

/**
 * Roles for the parts of a batch, for accounts in which roles are made elsewhere. Each receives the grants of its part; an
 * imported role has to have them already.
 */
export interface BatchRoles {
  /**
   * The role of the planner; it must trust `lambda.amazonaws.com`.
   *
   * @default - a new role
   */
  readonly planner?: iam.IRole;
  /**
   * The role of the worker; it must trust `lambda.amazonaws.com`.
   *
   * @default - a new role
   */
  readonly worker?: iam.IRole;
  /**
   * The role of the reporter; it must trust `lambda.amazonaws.com`.
   *
   * @default - a new role
   */
  readonly reporter?: iam.IRole;
  /**
   * The role of the starter, which schedules and upload triggers use; it must trust `lambda.amazonaws.com`.
   *
   * @default - a new role
   */
  readonly starter?: iam.IRole;
  /**
   * The role of the notifier; it must trust `lambda.amazonaws.com`.
   *
   * @default - a new role
   */
  readonly notifier?: iam.IRole;
  /**
   * The role with which EventBridge Scheduler calls the starter; it must trust `scheduler.amazonaws.com`.
   *
   * @default - a new role
   */
  readonly scheduler?: iam.IRole;
  /**
   * The role of the state machine; it must trust `states.amazonaws.com`.
   *
   * @default - a new role
   */
  readonly stateMachine?: iam.IRole;
}

/** Concurrency reserved for the Lambdas of a batch, each at least 1. It is taken from the account's. */
export interface BatchReservedConcurrency {
  /**
   * For the planner, which runs once an execution.
   *
   * @default - unreserved
   */
  readonly planner?: number;
  /**
   * For the worker: at least `maxConcurrency`, since each session keeps one busy.
   *
   * @default - unreserved
   */
  readonly worker?: number;
  /**
   * For the reporter, which runs up to three times an execution.
   *
   * @default - unreserved
   */
  readonly reporter?: number;
  /**
   * For the starter.
   *
   * @default - unreserved
   */
  readonly starter?: number;
  /**
   * For the notifier.
   *
   * @default - unreserved
   */
  readonly notifier?: number;
}

/** How the parts of a batch are hosted. */
export interface BatchHostingProps extends LambdaOptions {
  /**
   * Roles that exist already.
   *
   * @default - new roles with the permissions of their part
   */
  readonly roles?: BatchRoles;
  /**
   * Concurrency reserved for the Lambdas.
   *
   * @default - none: `maxConcurrency` bounds the worker
   */
  readonly reservedConcurrentExecutions?: BatchReservedConcurrency;
  /**
   * Encrypts the queues of upload triggers and dead letters. EventBridge must be able to use the key: a key of this app is
   * granted to it, the policy of an imported one has to allow `kms:GenerateDataKey` and `kms:Decrypt` for
   * `events.amazonaws.com`.
   *
   * @default - SQS's own key
   */
  readonly queueEncryptionKey?: kms.IKey;
}

const PRINCIPALS: Record<keyof BatchRoles, string> = {
  planner: LAMBDA_PRINCIPAL,
  worker: LAMBDA_PRINCIPAL,
  reporter: LAMBDA_PRINCIPAL,
  starter: LAMBDA_PRINCIPAL,
  notifier: LAMBDA_PRINCIPAL,
  scheduler: 'scheduler.amazonaws.com',
  stateMachine: 'states.amazonaws.com',
};

/** Throws for the first value that cannot work. */
export function checkHosting(scope: Construct, props: BatchHostingProps, maxConcurrency?: number): void {
  checkLambdaOptions(scope, props);
  for (const [part, principal] of Object.entries(PRINCIPALS)) {
    const role = props.roles?.[part as keyof BatchRoles];
    if (role) {
      requireTrust(scope, `roles.${part}`, role, principal);
    }
  }
  const reserved = props.reservedConcurrentExecutions ?? {};
  for (const [part, value] of Object.entries(reserved)) {
    requireWholeNumber(scope, `reservedConcurrentExecutions.${part}`, value, { min: 1 });
  }
  if (reserved.worker !== undefined && maxConcurrency !== undefined && reserved.worker < maxConcurrency) {
    throw validationError(
      scope,
      'BatchReservedConcurrency',
      `reservedConcurrentExecutions.worker must be at least maxConcurrency, ${maxConcurrency}, since each session keeps one worker busy; ` +
        `got ${reserved.worker}`,
    );
  }
}
