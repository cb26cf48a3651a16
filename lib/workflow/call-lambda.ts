import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { JitterType, type TaskInput } from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';

/** What Lambda itself fails with, before or beside the handler: worth trying again. */
const LAMBDA_ERRORS = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];

/**
 * The handler's environment crashed, or ran out of memory or time, which some are told as `Lambda.Unknown`: what it did may
 * be half done, so that only what may be done twice is tried again.
 */
export const LAMBDA_CRASHES: readonly string[] = ['Runtime.ExitError', 'Lambda.Unknown'];

export interface LambdaCall {
  readonly lambda: IFunction;
  readonly payload: TaskInput;
  readonly resultPath?: string;
  readonly resultSelector?: { readonly [key: string]: unknown };
  /** Errors of the handler that are worth trying again. */
  readonly transient?: readonly string[];
}

/** A Task that calls a Lambda, with the retries that every call of the batch has. */
export function callLambda(scope: Construct, id: string, call: LambdaCall): LambdaInvoke {
  const task = new LambdaInvoke(scope, id, {
    lambdaFunction: call.lambda,
    payload: call.payload,
    payloadResponseOnly: true,
    resultPath: call.resultPath,
    resultSelector: call.resultSelector,
    retryOnServiceExceptions: false,
  });
  task.addRetry({
    errors: [...LAMBDA_ERRORS, ...(call.transient ?? [])],
    interval: Duration.seconds(2),
    maxAttempts: 6,
    backoffRate: 2,
    maxDelay: Duration.minutes(1),
    jitterStrategy: JitterType.FULL,
  });
  return task;
}
