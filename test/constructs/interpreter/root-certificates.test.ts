import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { CodeInterpreter } from '../../../lib/constructs';
import { ENV, statementsOf, templateOf } from '../template-of';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:root-AbCdEf';
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef';

function templateWith(certificates: (stack: Stack) => secretsmanager.ISecret[]) {
  return templateOf(
    (stack) => {
      const interpreter = new CodeInterpreter(stack, 'Interpreter', { certificates: certificates(stack) });
      const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
      interpreter.grantUse(role);
    },
    { env: ENV },
  );
}

test('certificates are those of the resource', () => {
  const template = templateWith((stack) => [secretsmanager.Secret.fromSecretCompleteArn(stack, 'Root', SECRET)]);
  template.hasResourceProperties('AWS::BedrockAgentCore::CodeInterpreterCustom', {
    Certificates: [{ CertificateLocation: { SecretArn: SECRET } }],
  });
});

test('who starts sessions may read them, and the execution role may not', () => {
  const template = templateWith((stack) => [secretsmanager.Secret.fromSecretCompleteArn(stack, 'Root', SECRET)]);
  template.resourceCountIs('AWS::IAM::Policy', 1);
  expect(statementsOf(template)).toEqual([
    { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: SECRET },
    expect.objectContaining({ Action: expect.arrayContaining(['bedrock-agentcore:StartCodeInterpreterSession']) }),
  ]);
});

test('the key of a secret is included', () => {
  const template = templateWith((stack) => [
    secretsmanager.Secret.fromSecretAttributes(stack, 'Root', {
      secretCompleteArn: SECRET,
      encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY),
    }),
  ]);
  expect(statementsOf(template)).toContainEqual({ Action: 'kms:Decrypt', Effect: 'Allow', Resource: KEY });
});

test('a secret that is known by its name can be read too', () => {
  const template = templateWith((stack) => [secretsmanager.Secret.fromSecretNameV2(stack, 'Root', 'root')]);
  const [read] = statementsOf(template);
  expect(JSON.stringify(read)).toContain(':secretsmanager:eu-west-1:111122223333:secret:root-??????"');
});

test('fails when there are more than ten', () => {
  expect(() =>
    templateWith((stack) =>
      Array.from({ length: 11 }, (_, index) =>
        secretsmanager.Secret.fromSecretCompleteArn(stack, `Root${index}`, SECRET),
      ),
    ),
  ).toThrow('Stack/Interpreter: certificates must be 10 secrets at most; got 11');
});
