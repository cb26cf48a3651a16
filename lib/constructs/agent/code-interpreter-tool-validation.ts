import { Duration, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { TOOL_NAME_MAX_LENGTH } from '../../contract/code-tools';
import { SESSION_TIMEOUT_SECONDS } from '../../contract/service';
import { validationError } from '../base/construct-validation';
import { requireDuration } from '../base/duration-range';
import { requireWholeNumber } from '../base/whole-number';
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
  requireWholeNumber(scope, 'memorySize', props.memorySize, { min: 256, max: 10_240 });
  requireWholeNumber(scope, 'reservedConcurrentExecutions', props.reservedConcurrentExecutions, { min: 1 });
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
