import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { warn } from '../base/construct-validation';
import { WarningId } from '../base/warning-id';

interface KeyStatement {
  readonly Effect?: string;
  readonly Principal?: unknown;
}

/** A key for one log group, which CloudWatch Logs may use for this group alone. */
export function createLogKey(scope: Construct, logGroupName: string): kms.Key {
  const key = new kms.Key(scope, 'LogKey', {
    description: 'Encrypts logs of a code interpreter',
    enableKeyRotation: true,
  });
  allowLogsToUse(key, logGroupName);
  return key;
}

/**
 * Lets CloudWatch Logs use a key for the log groups of a name; `*` stands for any characters.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function allowLogsToUse(key: kms.Key, logGroupName: string): void {
  const stack = Stack.of(key);
  const arn = stack.formatArn({ service: 'logs', resource: `log-group:${logGroupName}` });
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal(`logs.${stack.region}.amazonaws.com`)],
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      resources: ['*'],
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': arn } },
    }),
  );
}

/** What a key's policy must say is not for this package to change: the key is somebody's, with a reason for its policy. */
export function checkLogKey(scope: Construct, key: kms.IKey, field = 'encryptionKey'): void {
  if (!(key instanceof kms.Key)) {
    warn(
      scope,
      WarningId.LOG_KEY_POLICY_UNKNOWN,
      `whether the policy of the key given as ${field} lets CloudWatch Logs use it cannot be seen here: without, the log group cannot be created`,
    );
    return;
  }
  // At the end of synth, when the policy is complete.
  scope.node.addValidation({ validate: () => (allowsLogs(key) ? [] : [keyProblem(key, field)]) });
}

function allowsLogs(key: kms.Key): boolean {
  const stack = Stack.of(key);
  const resource = key.node.defaultChild as kms.CfnKey;
  const policy = stack.resolve(resource.keyPolicy) as { Statement?: KeyStatement[] };
  return (policy.Statement ?? []).some(
    ({ Effect, Principal }) => Effect === 'Allow' && /"logs\./.test(JSON.stringify(Principal)),
  );
}

function keyProblem(key: kms.Key, field: string): string {
  return (
    `${field} must let CloudWatch Logs use it: got ${key.node.path}, whose policy has no statement for logs.REGION.amazonaws.com; ` +
    'allow it kms:Encrypt, kms:Decrypt, kms:ReEncrypt*, kms:GenerateDataKey* and kms:Describe*, see docs/security.md'
  );
}
