import { Stack, Token } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { validationError } from '../base/construct-validation';

const BATCH_NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,47}$/;

/** Throws unless a name can be a part of keys and of sessions' names. */
export function checkBatchName(scope: IConstruct, name: string): void {
  if (Token.isUnresolved(name) || !BATCH_NAME_PATTERN.test(name)) {
    const given = Token.isUnresolved(name) ? 'a value that is known at deployment only' : `"${name}"`;
    throw validationError(
      scope,
      'BatchName',
      `batchName must be 1 to 48 of A-Z a-z 0-9 _ -, beginning with a letter or a digit; got ${given}` +
        (name === scope.node.id ? ', the id of the construct: give batchName, or another id' : ''),
    );
  }
}

/** The paths of the batches of an app, by their bucket and name. */
const claimed = new WeakMap<IConstruct, Map<string, string>>();

/** Throws if another batch of the app has the same name on the same bucket: they would overwrite each other's results. */
export function claimBatchName(scope: IConstruct, name: string, bucket: s3.IBucket): void {
  const owners = claimed.get(scope.node.root) ?? new Map<string, string>();
  claimed.set(scope.node.root, owners);
  const key = `${identify(bucket)}/${name}`;
  const owner = owners.get(key);
  if (owner !== undefined) {
    throw validationError(
      scope,
      'BatchNameTaken',
      `batchName "${name}" is taken by ${owner} on the same staging bucket: results and the newest run would be mixed up; ` +
        'give one of them another batchName, or another bucket',
    );
  }
  owners.set(key, scope.node.path);
}

/** A name that is known at synth, or else the resource that has it. */
function identify(bucket: s3.IBucket): string {
  const { bucketName } = bucket;
  if (!Token.isUnresolved(bucketName)) {
    return bucketName;
  }
  const stack = Stack.of(bucket);
  return `${stack.node.path}:${JSON.stringify(stack.resolve(bucketName))}`;
}
