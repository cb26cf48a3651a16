import { type Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { CodeInterpreter, StagingBucket } from '../../../lib/constructs';
import { stackWith, statementsOf, templateOf } from '../template-of';

const ARN = 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:code-interpreter-custom/shared-AbCdEf0123';
const MANAGED_ARN = {
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':bedrock-agentcore:',
      { Ref: 'AWS::Region' },
      ':aws:code-interpreter/aws.codeinterpreter.v1',
    ],
  ],
};

function roleIn(stack: Stack): iam.Role {
  return new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
}

describe('the interpreter that AWS manages', () => {
  test('can be used like a created one', () => {
    const template = templateOf((stack) => {
      const managed = CodeInterpreter.fromAwsManaged(stack, 'Managed');
      expect(managed.codeInterpreterId).toBe('aws.codeinterpreter.v1');
      expect(managed.env.account).toBe(stack.account);
      managed.grantUse(roleIn(stack));
    });
    expect(statementsOf(template)).toEqual([
      {
        Action: [
          'bedrock-agentcore:StartCodeInterpreterSession',
          'bedrock-agentcore:InvokeCodeInterpreter',
          'bedrock-agentcore:GetCodeInterpreterSession',
          'bedrock-agentcore:StopCodeInterpreterSession',
        ],
        Effect: 'Allow',
        Resource: MANAGED_ARN,
      },
    ]);
  });

  test('has a staging bucket once something needs it', () => {
    templateOf((stack) => CodeInterpreter.fromAwsManaged(stack, 'Managed')).resourceCountIs('AWS::S3::Bucket', 0);
    const template = templateOf((stack) => {
      const managed = CodeInterpreter.fromAwsManaged(stack, 'Managed', {
        staging: StagingBucket.create({ accessLogs: false }),
      });
      expect(managed.staging).toBe(managed.staging);
    });
    template.resourceCountIs('AWS::S3::Bucket', 1);
  });

  test('fails when its execution role is asked for', () => {
    stackWith((stack) => {
      const managed = CodeInterpreter.fromAwsManaged(stack, 'Managed');
      expect(() => managed.executionRole).toThrow(
        'Stack/Managed: the execution role of this interpreter is unknown; give it as executionRole when importing the interpreter',
      );
    });
  });

  test('fails when something is granted to code in its sessions', () => {
    stackWith((stack) => {
      const managed = CodeInterpreter.fromAwsManaged(stack, 'Managed');
      expect(() => managed.staging.grantRead(managed, 'incoming/').assertSuccess()).toThrow();
    });
  });
});

describe('an imported interpreter', () => {
  test('can be used like a created one', () => {
    const template = templateOf((stack) => {
      const imported = CodeInterpreter.fromCodeInterpreterAttributes(stack, 'Imported', { codeInterpreterArn: ARN });
      expect(imported.codeInterpreterId).toBe('shared-AbCdEf0123');
      imported.grantSweep(roleIn(stack));
    });
    expect(statementsOf(template)).toEqual([
      { Action: 'bedrock-agentcore:ListCodeInterpreterSessions', Effect: 'Allow', Resource: '*' },
      { Action: 'bedrock-agentcore:StopCodeInterpreterSession', Effect: 'Allow', Resource: ARN },
    ]);
  });

  test('by a token', () => {
    stackWith((stack) => {
      const codeInterpreterArn = Token.asString({ Ref: 'InterpreterArn' });
      const imported = CodeInterpreter.fromCodeInterpreterAttributes(stack, 'Imported', { codeInterpreterArn });
      expect(JSON.stringify(stack.resolve(imported.codeInterpreterId))).toContain('Fn::Select');
    });
  });

  test('takes grants for its execution role', () => {
    const template = templateOf((stack) => {
      const imported = CodeInterpreter.fromCodeInterpreterAttributes(stack, 'Imported', {
        codeInterpreterArn: ARN,
        executionRole: iam.Role.fromRoleArn(stack, 'Shared', 'arn:aws:iam::111122223333:role/shared'),
      });
      imported.staging.grantRead(imported, 'incoming/');
    });
    template.hasResourceProperties('AWS::IAM::Policy', { Roles: ['shared'] });
  });

  test('has connections when its security groups are known', () => {
    stackWith((stack) => {
      const securityGroups = [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')];
      const imported = CodeInterpreter.fromCodeInterpreterAttributes(stack, 'Imported', {
        codeInterpreterArn: ARN,
        securityGroups,
        networkMode: 'VPC',
      });
      expect(imported.connections.securityGroups).toEqual(securityGroups);
      expect(imported.networkMode).toBe('VPC');
    });
  });

  test('fails when the ARN names no interpreter', () => {
    const codeInterpreterArn = 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:code-interpreter-custom';
    expect(() =>
      stackWith((stack) => CodeInterpreter.fromCodeInterpreterAttributes(stack, 'Imported', { codeInterpreterArn })),
    ).toThrow(/Stack: codeInterpreterArn must be "arn:.*"; got "arn:.*code-interpreter-custom"/);
  });
});

describe('importing an interpreter', () => {
  const ENV = { account: '111122223333', region: 'eu-west-1' };

  test('by its ARN, or by its id in the account and Region of the stack, is the same', () => {
    stackWith(
      (stack) => {
        const byArn = CodeInterpreter.fromCodeInterpreterArn(stack, 'ByArn', ARN);
        const byId = CodeInterpreter.fromCodeInterpreterId(stack, 'ById', byArn.codeInterpreterId);
        expect(stack.resolve(byId.codeInterpreterArn)).toEqual({
          'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ARN.slice('arn:aws'.length)]],
        });
        expect(byId.env).toEqual(byArn.env);
      },
      { env: ENV },
    );
  });

  test.each([
    'arn:aws:bedrock-agentcore:eu-west-1:111122223333:gateway/tools-abc',
    'arn:aws:lambda:eu-west-1:111122223333:code-interpreter-custom/shared-AbCdEf0123',
    'shared-AbCdEf0123',
  ])('fails for the ARN of something else: %s', (arn) => {
    expect(() => stackWith((stack) => CodeInterpreter.fromCodeInterpreterArn(stack, 'Imported', arn))).toThrow(
      `Stack: codeInterpreterArn must be "arn:PARTITION:bedrock-agentcore:REGION:ACCOUNT:code-interpreter-custom/ID"; got "${arn}"`,
    );
  });

  test('fails for an ARN in the place of an id', () => {
    expect(() => stackWith((stack) => CodeInterpreter.fromCodeInterpreterId(stack, 'Imported', ARN))).toThrow(
      'codeInterpreterId must be the id of an interpreter',
    );
  });

  test('fails for a network mode that the service does not have', () => {
    expect(() =>
      stackWith((stack) => CodeInterpreter.fromCodeInterpreterArn(stack, 'Imported', ARN, { networkMode: 'vpc' })),
    ).toThrow('Stack/Imported: networkMode must be one of SANDBOX, PUBLIC, VPC; got "vpc"');
  });

  test('with certificates: whoever starts sessions may read them', () => {
    const template = templateOf((stack) => {
      const certificates = [secretsmanager.Secret.fromSecretNameV2(stack, 'Certificate', 'proxy-root')];
      const imported = CodeInterpreter.fromCodeInterpreterArn(stack, 'Imported', ARN, { certificates });
      imported.grantUse(new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() }));
    });
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).toContain('secretsmanager:GetSecretValue');
  });
});
