/**
 * What a Lambda writes to the staging bucket when it fails. The error that it throws carries a name and the address of
 * this object only: Lambda logs, traces and reports what is thrown, and messages may hold keys, names and data.
 */
export interface FailureDetails {
  readonly version: 1;
  /** The name of the error, as Step Functions and callers see it. */
  readonly error: string;
  readonly message: string;
  readonly stack?: string;
  /** The id of the Lambda's invocation. */
  readonly requestId: string;
  /** ISO 8601, UTC. */
  readonly failedAt: string;
}

/** Where an object is. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
}

/** Under a batch's or an invoker's own prefix. Has a dot, which no id of a run has. */
const FOLDER = 'lambda.failures/';

/** The folder of the details, below the prefix of whatever the Lambda belongs to. */
export function failuresPrefix(ownPrefix: string): string {
  return `${ownPrefix}${FOLDER}`;
}

/** Where the details of one invocation are. */
export function failureKey(ownPrefix: string, requestId: string): string {
  return `${failuresPrefix(ownPrefix)}${requestId}.json`;
}

/** The message of an error whose details have been written. */
export function failureMessage({ bucket, key }: ObjectAddress): string {
  return `details: s3://${bucket}/${key}`;
}

/** Where the details are that a message points to; nothing if it points to none. */
export function failureAddress(message: string): ObjectAddress | undefined {
  const [, bucket, key] = /^details: s3:\/\/([^/\s]+)\/(\S+)$/.exec(message) ?? [];
  return bucket !== undefined && key?.includes(FOLDER) ? { bucket, key } : undefined;
}
