import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { START_ID_PATTERN, UPLOAD_TRIGGERS_MAX_BYTES, type UploadTrigger } from '../../contract/batch-start';
import { validationError } from '../base/construct-validation';
import { bytesInEnvironment } from '../base/environment-size';

/** Executions are named after it. */
export function checkStartId(scope: IConstruct, id: string): void {
  if (!START_ID_PATTERN.test(id)) {
    throw validationError(
      scope,
      'StartId',
      `the id of a schedule or trigger must be 1 to 40 of A-Z a-z 0-9 _ -, since executions are named after it; got "${id}"`,
    );
  }
}

/** A prefix of a start narrows the batch's own. */
export function checkWithin(scope: IConstruct, field: string, prefix: string, own: string): void {
  if (Token.isUnresolved(prefix) || Token.isUnresolved(own)) {
    return;
  }
  if (!prefix.startsWith(own) || !prefix.endsWith('/') || prefix.includes('*')) {
    throw validationError(
      scope,
      'StartPrefix',
      `${field} must begin with the batch's prefix "${own}", end with "/", and not contain "*"; got "${prefix}"`,
    );
  }
}

/** The largest parameters of a start, in characters of JSON: a Lambda's whole environment has 4 KB. */
const PARAMETERS_MAX_CHARACTERS = 1_000;

/** They travel as JSON, in a schedule's input or a Lambda's environment. */
export function checkParameters(scope: IConstruct, parameters: { [name: string]: unknown } | undefined): void {
  const { length } = JSON.stringify(parameters ?? {});
  if (length > PARAMETERS_MAX_CHARACTERS) {
    throw validationError(
      scope,
      'StartParameters',
      `parameters must have at most ${PARAMETERS_MAX_CHARACTERS} characters as JSON; got ${length}`,
    );
  }
}

/** About as long as the ARN of a queue, of which only a token is known. */
const SOME_ARN = 'a'.repeat(130);

/** They travel in a Lambda's environment: what does not fit would fail at deployment, with a message that does not name them. */
export function checkTriggers(scope: IConstruct, triggers: UploadTrigger[]): void {
  const bytes = bytesInEnvironment(triggers.map((trigger) => ({ ...trigger, queue: SOME_ARN })));
  if (bytes > UPLOAD_TRIGGERS_MAX_BYTES) {
    throw validationError(
      scope,
      'StartTriggers',
      `the triggers for uploads take ${bytes} bytes in a Lambda's environment, with their parameters, suffixes and patterns, of at most ${UPLOAD_TRIGGERS_MAX_BYTES}`,
    );
  }
}
