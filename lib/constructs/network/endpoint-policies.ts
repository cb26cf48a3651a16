import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ICodeInterpreter } from '../model/code-interpreter-base';
import { SessionActions } from '../model/session-actions';

type AddStatement = (statement: iam.PolicyStatement) => void;

/** The actions that principals of this account may use through each service's endpoint. */
const ACCOUNT_ACTIONS: Record<string, string[]> = {
  Logs: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
  Sts: ['sts:AssumeRole'],
  SecretsManager: ['secretsmanager:GetSecretValue'],
};

/** Actions that act on no resource, for which `aws:ResourceAccount` cannot be asked. */
const UNSCOPED_ACTIONS: Record<string, string[]> = {
  DataPlane: [...SessionActions.list],
  // Of no use to a session; it keeps the policy from being empty before the first interpreter is let in.
  S3: ['s3:ListAllMyBuckets'],
  Sts: ['sts:GetCallerIdentity'],
};

/**
 * The policies of VPC endpoints. They only ever take away: what a caller may do is still up to its own permissions. An
 * endpoint's policy always has a statement, since an empty one would allow everything.
 */
export class EndpointPolicies {
  private readonly policies = new Map<string, AddStatement>();

  constructor(private readonly scope: Construct) {}

  add(service: string, addStatement: AddStatement): void {
    this.policies.set(service, addStatement);
    const unscoped = UNSCOPED_ACTIONS[service];
    if (unscoped) {
      addStatement(this.statement(unscoped, ['*']));
    }
    const inAccount = ACCOUNT_ACTIONS[service];
    if (inAccount) {
      addStatement(this.statement(inAccount, ['*'], { 'aws:ResourceAccount': Stack.of(this.scope).account }));
    }
  }

  allow(interpreter: ICodeInterpreter): void {
    this.policies.get('DataPlane')?.(this.statement([...SessionActions.use], [this.arnOf(interpreter)]));
    const s3 = this.policies.get('S3');
    if (!s3) {
      return;
    }
    const { bucket } = interpreter.staging;
    const own = Stack.of(interpreter) === Stack.of(this.scope);
    const [bucketArn, objectsArn] = own ? [bucket.bucketArn, bucket.arnForObjects('*')] : ['*', '*'];
    const account = { 's3:ResourceAccount': bucket.env.account };
    s3(this.statement(['s3:ListBucket'], [bucketArn], account));
    s3(this.statement(['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'], [objectsArn], account));
  }

  /**
   * A VPC often has a stack of its own. The interpreter's stack refers to it, and it cannot refer back: then every
   * interpreter of the account is let through.
   */
  private arnOf(interpreter: ICodeInterpreter): string {
    const stack = Stack.of(this.scope);
    return stack === Stack.of(interpreter)
      ? interpreter.codeInterpreterArn
      : stack.formatArn({ service: 'bedrock-agentcore', resource: 'code-interpreter-custom', resourceName: '*' });
  }

  private statement(actions: string[], resources: string[], equals: Record<string, string> = {}): iam.PolicyStatement {
    return new iam.PolicyStatement({
      principals: [new iam.AnyPrincipal()],
      actions,
      resources,
      conditions: { StringEquals: { 'aws:PrincipalAccount': Stack.of(this.scope).account, ...equals } },
    });
  }
}
