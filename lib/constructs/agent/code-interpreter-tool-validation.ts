import { Duration, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { TOOL_NAME_MAX_LENGTH } from '../../contract/code-tools';
import { SESSION_TIMEOUT_SECONDS } from '../../contract/service';
import { validationError } from '../base/construct-validation';
import { requireDuration } from '../base/duration-range';
import type { CodeInterpreterToolProps } from './code-interpreter-tool-props';

/** Throws for what cannot work, with what would. */
export function checkTool(scope: Construct, props: CodeInterpreterToolProps): void {
  requireDuration(scope, 'timeout', props.timeout, { min: Duration.minutes(1), max: Duration.minutes(15) });
  requireDuration(scope, 'sessionTimeout', props.sessionTimeout, {
    min: Duration.minutes(1),
    max: Duration.seconds(SESSION_TIMEOUT_SECONDS.max),
  });
  checkName(scope, 'targetName', props.targetName, 100);
  checkName(scope, 'toolName', props.toolName, TOOL_NAME_MAX_LENGTH);
  checkNumber(scope, 'memorySize', props.memorySize, 256, 10_240);
  checkNumber(scope, 'reservedConcurrentExecutions', props.reservedConcurrentExecutions, 1);
  if (props.operations?.length === 0) {
    const problem = 'operations must have at least one operation; leave it out for all of them';
    throw validationError(scope, 'ToolOperations', problem);
  }
}

function checkName(scope: Construct, field: string, name: string | undefined, max: number): void {
  if (name === undefined || Token.isUnresolved(name)) {
    return;
  }
  if (name.length > max || !/^([0-9a-zA-Z]-?)+$/.test(name)) {
    const right = `must be letters, digits and single hyphens, beginning with a letter or digit, at most ${max} characters`;
    throw validationError(scope, 'ToolName', `${field} ${right}; got "${name}"`);
  }
}

function checkNumber(scope: Construct, field: string, value: number | undefined, min: number, max?: number): void {
  if (value === undefined || Token.isUnresolved(value)) {
    return;
  }
  if (!Number.isInteger(value) || value < min || value > (max ?? value)) {
    const range = max === undefined ? `at least ${min}` : `${min} to ${max}`;
    throw validationError(scope, 'NumberRange', `${field} must be a whole number, ${range}; got ${value}`);
  }
}
