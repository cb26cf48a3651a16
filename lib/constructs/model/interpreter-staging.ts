import type * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import type { Construct } from 'constructs';
import { validationError } from '../base/construct-validation';
import type { StagingArea } from '../staging/staging-area';
import type { StagingBucket } from '../staging/staging-bucket';
import type { ICodeInterpreter } from './code-interpreter-base';

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
      `the interpreter ${interpreter.node.path} has no staging bucket: give "staging", such as StagingBucket.create()`,
    );
  }
  return staging;
}
