import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledgeComplianceRule } from '../compliance/acknowledged-rules';

/** The service that takes execution roles. */
export const SERVICE_PRINCIPAL = 'bedrock-agentcore.amazonaws.com';

/**
 * The execution role of an interpreter, in the documented trust form and without any policy: code in a session can read
 * the role's credentials in every network mode, so it starts without permissions.
 *
 * A narrower `aws:SourceArn` fails the service's validation of the role.
 *
 * @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/code-interpreter-create.html
 */
export function createExecutionRole(scope: Construct): iam.Role {
  const stack = Stack.of(scope);
  const sourceArn = stack.formatArn({
    service: 'bedrock-agentcore',
    resource: '*',
    arnFormat: ArnFormat.NO_RESOURCE_NAME,
  });
  const role = new iam.Role(scope, 'ExecutionRole', {
    description: 'What code in the sessions of a code interpreter can do in this account',
    assumedBy: new iam.ServicePrincipal(SERVICE_PRINCIPAL, {
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: { 'aws:SourceArn': sourceArn },
      },
    }),
  });
  acknowledgeComplianceRule(
    role,
    'IAMNoInlinePolicy',
    'The policy holds the grants of this one role, which only this interpreter takes: it is to come and go with the role, and nothing else may use it.',
  );
  return role;
}
