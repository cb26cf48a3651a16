import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { MANAGED_INTERPRETER_ID } from '../../contract/service';
import { validationError } from '../base/construct-validation';

/** AWS provides it in every account and Region: its ARN has "aws" instead of an account. */
export function isManagedArn(arn: string): boolean {
  return arn.endsWith(`:aws:code-interpreter/${MANAGED_INTERPRETER_ID}`);
}

const INTERPRETER_ARN = /^arn:[^:]+:bedrock-agentcore:[^:]+:[^:]+:code-interpreter-custom\/[^/]+$/;

/** Throws for the ARN of anything else than an interpreter. */
export function checkInterpreterArn(scope: Construct, arn: string): void {
  if (!Token.isUnresolved(arn) && !isManagedArn(arn) && !INTERPRETER_ARN.test(arn)) {
    throw validationError(
      scope,
      'InterpreterArnInvalid',
      `codeInterpreterArn must be "arn:PARTITION:bedrock-agentcore:REGION:ACCOUNT:code-interpreter-custom/ID"; got "${arn}"`,
    );
  }
}

/** The id in the ARN of an interpreter. */
export function parseInterpreterArn(scope: Construct, arn: string): string {
  const { resourceName } = Stack.of(scope).splitArn(arn, ArnFormat.SLASH_RESOURCE_NAME);
  return resourceName as string;
}

/** The ARN of an interpreter in the account and Region of the stack. */
export function formatInterpreterArn(scope: Construct, id: string): string {
  if (!Token.isUnresolved(id) && !/^[\w.-]+$/.test(id)) {
    throw validationError(
      scope,
      'InterpreterIdInvalid',
      `codeInterpreterId must be the id of an interpreter, such as "analyses-AbCdEf0123"; got "${id}"`,
    );
  }
  const stack = Stack.of(scope);
  return stack.formatArn({ service: 'bedrock-agentcore', resource: 'code-interpreter-custom', resourceName: id });
}
