import { Stack, Token } from 'aws-cdk-lib';
import type * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import type { Construct } from 'constructs';
import { validationError } from '../base/construct-validation';
import { CodeInterpreterBase, type ICodeInterpreter } from './code-interpreter-base';

/**
 * An interpreter as a construct that uses it should refer to it: see `WeakReference`. Throws for one of another account
 * or Region, since sessions, metrics and logs are found in the caller's own only.
 */
export function referenceInterpreter(scope: Construct, interpreter: ICodeInterpreter): ICodeInterpreter;
export function referenceInterpreter(
  scope: Construct,
  interpreter: bedrockagentcore.ICodeInterpreterCustom,
): bedrockagentcore.ICodeInterpreterCustom;
export function referenceInterpreter(
  scope: Construct,
  interpreter: bedrockagentcore.ICodeInterpreterCustom,
): bedrockagentcore.ICodeInterpreterCustom {
  const { region, account } = Stack.of(scope);
  requireSame(scope, 'Region', region, interpreter.env.region);
  requireSame(scope, 'account', account, interpreter.env.account);
  return interpreter instanceof CodeInterpreterBase ? interpreter._referenceFrom(scope) : interpreter;
}

function requireSame(scope: Construct, what: string, own: string, given: string): void {
  if (!Token.isUnresolved(own) && !Token.isUnresolved(given) && own !== given) {
    throw validationError(
      scope,
      'InterpreterElsewhere',
      `interpreter must be in the ${what} of the stack, ${own}, since the service finds interpreters in the caller's own ${what} only; ` +
        `got one in ${given}: move this construct to a stack there, or use an interpreter of ${own}`,
    );
  }
}
