import type * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import type { Construct } from 'constructs';
import type { ICodeInterpreter } from './code-interpreter-base';
import { validationError } from './construct-validation';
import type { StagingArea } from './staging-area';
import type { StagingBucket } from './staging-bucket';

/** The staging area that a construct was given, or else that of its interpreter. */
export function stagingOf(
  scope: Construct,
  interpreter: bedrockagentcore.ICodeInterpreterCustom,
  given: StagingBucket | undefined,
): StagingArea {
  const staging = given?.bind(scope) ?? (interpreter as Partial<ICodeInterpreter>).staging;
  if (!staging) {
    throw validationError(
      scope,
      'StagingMissing',
      `the interpreter ${interpreter.node.path} has no staging bucket: give "staging", such as StagingBucket.managed()`,
    );
  }
  return staging;
}
