import { App, type IPropertyInjector, PropertyInjectors, RemovalPolicy, Stack, Tags, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnCodeInterpreterCustom } from 'aws-cdk-lib/aws-bedrockagentcore';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CodeInterpreter, CodeInterpreterNetwork, StagingBucket, WarningId } from '../../../lib/constructs';
import { only, stackWith, statementsOf, templateOf, warningsOf } from '../template-of';

const TYPE = 'AWS::BedrockAgentCore::CodeInterpreterCustom';
const USE = [
  'bedrock-agentcore:StartCodeInterpreterSession',
  'bedrock-agentcore:InvokeCodeInterpreter',
  'bedrock-agentcore:GetCodeInterpreterSession',
  'bedrock-agentcore:StopCodeInterpreterSession',
];
const ARN = { 'Fn::GetAtt': ['InterpreterF8372B61', 'CodeInterpreterArn'] };

function caller(stack: Stack): iam.Role {
  return new iam.Role(stack, 'Caller', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
}

describe('by default', () => {
  const template = templateOf((stack) => new CodeInterpreter(stack, 'Interpreter'));

  test('the network is the sandbox, and there are no description, certificates or tags', () => {
    expect(only(template, TYPE)).toEqual({
      ExecutionRoleArn: { 'Fn::GetAtt': ['InterpreterExecutionRoleAE8E7BE7', 'Arn'] },
      Name: expect.stringMatching(/^Stack_Interpreter_[0-9A-F]{8}_[0-9a-f]{8}$/),
      NetworkConfiguration: { NetworkMode: 'SANDBOX' },
    });
  });

  test('the execution role has the documented trust policy and no power', () => {
    expect(only(template, 'AWS::IAM::Role')).toEqual({
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRole',
            Condition: {
              ArnLike: {
                'aws:SourceArn': {
                  'Fn::Join': [
                    '',
                    [
                      'arn:',
                      { Ref: 'AWS::Partition' },
                      ':bedrock-agentcore:',
                      { Ref: 'AWS::Region' },
                      ':',
                      { Ref: 'AWS::AccountId' },
                      ':*',
                    ],
                  ],
                },
              },
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            },
            Effect: 'Allow',
            Principal: { Service: 'bedrock-agentcore.amazonaws.com' },
          },
        ],
        Version: '2012-10-17',
      },
      Description: 'What code in the sessions of a code interpreter can do in this account',
    });
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('nothing is delivered, and nothing is warned of', () => {
    template.resourceCountIs('AWS::Logs::DeliverySource', 0);
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
    expect(warningsOf(stackWith((stack) => new CodeInterpreter(stack, 'Interpreter')))).toEqual([]);
  });
});

describe('grants', () => {
  test('grantUse includes what taking up a session again needs', () => {
    const template = templateOf((stack) => new CodeInterpreter(stack, 'Interpreter').grantUse(caller(stack)));
    expect(statementsOf(template)).toEqual([{ Action: USE, Effect: 'Allow', Resource: ARN }]);
  });

  test('grantInvoke is for sessions that are there', () => {
    const template = templateOf((stack) => new CodeInterpreter(stack, 'Interpreter').grantInvoke(caller(stack)));
    expect(statementsOf(template)).toEqual([
      { Action: 'bedrock-agentcore:InvokeCodeInterpreter', Effect: 'Allow', Resource: ARN },
    ]);
  });

  test('grantRead is for looking', () => {
    const template = templateOf((stack) => new CodeInterpreter(stack, 'Interpreter').grantRead(caller(stack)));
    expect(statementsOf(template)).toEqual([
      {
        Action: ['bedrock-agentcore:GetCodeInterpreter', 'bedrock-agentcore:GetCodeInterpreterSession'],
        Effect: 'Allow',
        Resource: ARN,
      },
      {
        Action: ['bedrock-agentcore:ListCodeInterpreters', 'bedrock-agentcore:ListCodeInterpreterSessions'],
        Effect: 'Allow',
        Resource: '*',
      },
    ]);
  });

  test('grantSweep finds and stops sessions only', () => {
    const template = templateOf((stack) => new CodeInterpreter(stack, 'Interpreter').grantSweep(caller(stack)));
    expect(statementsOf(template)).toEqual([
      { Action: 'bedrock-agentcore:ListCodeInterpreterSessions', Effect: 'Allow', Resource: '*' },
      { Action: 'bedrock-agentcore:StopCodeInterpreterSession', Effect: 'Allow', Resource: ARN },
    ]);
  });

  test('what is granted to the interpreter, its execution role gets', () => {
    const template = templateOf((stack) => {
      const interpreter = new CodeInterpreter(stack, 'Interpreter');
      interpreter.staging.grantRead(interpreter, 'incoming/');
    });
    expect(only(template, 'AWS::IAM::Policy').Roles).toEqual([{ Ref: 'InterpreterExecutionRoleAE8E7BE7' }]);
  });
});

describe('properties', () => {
  test('an explicit name and a description are taken as they are', () => {
    const template = templateOf(
      (stack) =>
        new CodeInterpreter(stack, 'Interpreter', { interpreterName: 'analyses', description: 'For analyses' }),
    );
    template.hasResourceProperties(TYPE, { Name: 'analyses', Description: 'For analyses' });
  });

  test('warns when the name is fixed', () => {
    const stack = stackWith((scope) => new CodeInterpreter(scope, 'Interpreter', { interpreterName: 'analyses' }));
    expect(warningsOf(stack)).toEqual([WarningId.FIXED_NAME]);
  });

  test.each(['1st', 'with-hyphen', '', 'a'.repeat(49)])('fails when the name is "%s"', (interpreterName) => {
    expect(() => stackWith((stack) => new CodeInterpreter(stack, 'Interpreter', { interpreterName }))).toThrow(
      `Stack/Interpreter: interpreterName must be a letter, then letters, digits and underscores, 48 characters at most; got "${interpreterName}"`,
    );
  });

  test.each(['', 'a'.repeat(4097)])('fails when the description has the wrong length', (description) => {
    expect(() => stackWith((stack) => new CodeInterpreter(stack, 'Interpreter', { description }))).toThrow(
      `Stack/Interpreter: description must have 1 to 4096 characters; got ${description.length}`,
    );
  });

  test('errors are validation errors of the construct', () => {
    expect.assertions(2);
    try {
      stackWith((stack) => new CodeInterpreter(stack, 'Interpreter', { interpreterName: '1st' }));
    } catch (error) {
      expect(error).toMatchObject({ type: 'validation', constructPath: 'Stack/Interpreter' });
      expect(String(error)).toContain('InterpreterNameInvalid');
    }
  });

  test('tokens are accepted where a string is', () => {
    const template = templateOf((stack) => {
      const interpreterName = Token.asString({ Ref: 'NameParameter' });
      const description = Token.asString({ Ref: 'DescriptionParameter' });
      new CodeInterpreter(stack, 'Interpreter', { interpreterName, description });
    });
    template.hasResourceProperties(TYPE, {
      Name: { Ref: 'NameParameter' },
      Description: { Ref: 'DescriptionParameter' },
    });
  });
});

describe('in an organisation', () => {
  test('tags reach the interpreter, its role and its buckets, and replace nothing', () => {
    const plain = templateOf((stack) => new CodeInterpreter(stack, 'Interpreter'));
    const tagged = templateOf((stack) => {
      new CodeInterpreter(stack, 'Interpreter');
      Tags.of(stack).add('team', 'data');
    });
    expect(only(tagged, TYPE)).toEqual({ ...only(plain, TYPE), Tags: { team: 'data' } });
    for (const type of ['AWS::IAM::Role', 'AWS::S3::Bucket']) {
      tagged.allResourcesProperties(type, { Tags: [{ Key: 'team', Value: 'data' }] });
    }
  });

  test('permissions boundaries reach the execution role', () => {
    const template = templateOf((stack) => {
      new CodeInterpreter(stack, 'Interpreter');
      iam.PermissionsBoundary.of(stack).apply(iam.ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'boundary'));
    });
    expect(JSON.stringify(only(template, 'AWS::IAM::Role').PermissionsBoundary)).toContain('policy/boundary');
  });

  test('properties are injected', () => {
    const injector: IPropertyInjector = {
      constructUniqueId: CodeInterpreter.PROPERTY_INJECTION_ID,
      inject: (props) => ({ description: 'by the organisation', ...props }),
    };
    const app = new App({ propertyInjectors: [injector] });
    const stack = new Stack(app, 'Stack');
    new CodeInterpreter(stack, 'Interpreter');
    new CodeInterpreter(stack, 'Own', { description: 'mine' });
    const descriptions = Object.values(Template.fromStack(stack).findResources(TYPE)).map(
      ({ Properties }) => Properties.Description,
    );
    expect(descriptions).toEqual(['by the organisation', 'mine']);
  });

  test('the nearest injector wins', () => {
    const inject = (description: string): IPropertyInjector => ({
      constructUniqueId: CodeInterpreter.PROPERTY_INJECTION_ID,
      inject: (props) => ({ ...props, description }),
    });
    const stack = new Stack(new App({ propertyInjectors: [inject('app')] }), 'Stack');
    PropertyInjectors.of(stack).add(inject('stack'));
    new CodeInterpreter(stack, 'Interpreter');
    Template.fromStack(stack).hasResourceProperties(TYPE, { Description: 'stack' });
  });

  test('a removal policy is that of the resource', () => {
    const template = templateOf((stack) => {
      new CodeInterpreter(stack, 'Interpreter').applyRemovalPolicy(RemovalPolicy.RETAIN);
    });
    template.hasResource(TYPE, { DeletionPolicy: 'Retain' });
  });

  test('the default child is the resource', () => {
    stackWith((stack) => {
      const interpreter = new CodeInterpreter(stack, 'Interpreter');
      expect(interpreter.node.defaultChild).toBeInstanceOf(CfnCodeInterpreterCustom);
    });
  });

  test('another stack of the app can use it', () => {
    const app = new App();
    const interpreter = new CodeInterpreter(new Stack(app, 'Owner'), 'Interpreter', {
      network: CodeInterpreterNetwork.publicInternet(),
      staging: StagingBucket.create(),
    });
    const user = new Stack(app, 'User');
    interpreter.grantUse(caller(user));
    interpreter.staging.grantWrite(caller(new Stack(app, 'Other')), 'runs/');
    expect(JSON.stringify(statementsOf(Template.fromStack(user)))).toContain('Fn::ImportValue');
  });
});
