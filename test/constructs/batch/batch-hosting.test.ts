import { App, Duration, type IPropertyInjector, PropertyInjectors, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { AnalysisScript, BatchAnalysis, type BatchAnalysisProps, CodeInterpreter, WarningId } from '../../../lib';
import { ENV, stackWith, warningsOf } from '../template-of';

const SCRIPT = `${__dirname}/../../fixtures/analyses/count.py`;

/** A batch with everything that has a Lambda, a queue or a role. */
function fullBatch(stack: Stack, props: Partial<BatchAnalysisProps>): BatchAnalysis {
  const batch = new BatchAnalysis(stack, 'Sales', {
    interpreter: new CodeInterpreter(stack, 'Interpreter'),
    script: AnalysisScript.fromAsset(SCRIPT),
    ...props,
  });
  batch.addSchedule('Nightly', { schedule: scheduler.ScheduleExpression.rate(Duration.days(1)) });
  batch.addUploadTrigger('Uploads');
  batch.addNotification(new sns.Topic(stack, 'Topic'));
  return batch;
}

function templateWith(props: (stack: Stack) => Partial<BatchAnalysisProps>): Template {
  return Template.fromStack(stackWith((stack) => fullBatch(stack, props(stack)), { env: ENV }));
}

const lambdasOf = (template: Template) =>
  Object.entries(template.findResources('AWS::Lambda::Function')).map(([id, { Properties }]) => ({
    id,
    ...Properties,
  }));
const FIVE = 5;

describe('in a VPC', () => {
  const template = templateWith((stack) => {
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['eu-west-1a'],
      privateSubnetIds: ['subnet-1'],
    });
    const securityGroups = [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1')];
    return { vpc, vpcSubnets: { subnets: vpc.privateSubnets }, securityGroups };
  });

  test('every Lambda of the batch is', () => {
    expect(lambdasOf(template)).toHaveLength(FIVE);
    for (const { VpcConfig } of lambdasOf(template) as { VpcConfig?: unknown }[]) {
      expect(VpcConfig).toEqual({ SecurityGroupIds: ['sg-1'], SubnetIds: ['subnet-1'] });
    }
  });

  test('and may manage its network interfaces, without a policy that AWS manages', () => {
    const granted = Object.values(template.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
      JSON.stringify(Properties).includes('ec2:CreateNetworkInterface'),
    );
    expect(granted).toHaveLength(FIVE);
  });
});

test('no role has a policy that AWS manages', () => {
  const roles = Object.values(templateWith(() => ({})).findResources('AWS::IAM::Role'));
  expect(roles.length).toBeGreaterThan(FIVE);
  for (const { Properties } of roles) {
    expect(Properties).not.toHaveProperty('ManagedPolicyArns');
  }
});

test('keys encrypt the environment, the logs and the queues, of everything', () => {
  const template = templateWith((stack) => {
    const key = new kms.Key(stack, 'Key');
    key.grantEncryptDecrypt(new iam.ServicePrincipal('logs.eu-west-1.amazonaws.com'));
    return { environmentEncryption: key, logEncryptionKey: key, queueEncryptionKey: key };
  });
  const arn = { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] };
  for (const { KmsKeyArn } of lambdasOf(template) as { KmsKeyArn?: unknown }[]) {
    expect(KmsKeyArn).toEqual(arn);
  }
  const groups = Object.values(template.findResources('AWS::Logs::LogGroup'));
  expect(groups).toHaveLength(FIVE + 1);
  for (const { Properties } of groups) {
    expect(Properties.KmsKeyId).toEqual(arn);
  }
  const queues = Object.values(template.findResources('AWS::SQS::Queue'));
  expect(queues).toHaveLength(4);
  for (const { Properties } of queues) {
    expect(Properties.KmsMasterKeyId).toEqual(arn);
  }
});

test('EventBridge may use the key of the queues, for this account', () => {
  const template = templateWith((stack) => ({ queueEncryptionKey: new kms.Key(stack, 'Key') }));
  const [key] = Object.values(template.findResources('AWS::KMS::Key'));
  expect(key?.Properties.KeyPolicy.Statement).toContainEqual(
    expect.objectContaining({
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': ENV.account } },
    }),
  );
});

test('environment variables reach every Lambda, and tracing can be off', () => {
  const template = templateWith(() => ({
    environment: { HTTPS_PROXY: 'http://proxy:3128', AWS_USE_FIPS_ENDPOINT: 'true' },
    tracing: lambda.Tracing.DISABLED,
  }));
  for (const { Environment, TracingConfig } of lambdasOf(template) as never[] as Record<
    string,
    { Variables: object }
  >[]) {
    expect(Environment?.Variables).toMatchObject({ HTTPS_PROXY: 'http://proxy:3128', AWS_USE_FIPS_ENDPOINT: 'true' });
    expect(TracingConfig).toBeUndefined();
  }
  template.hasResourceProperties('AWS::StepFunctions::StateMachine', { TracingConfiguration: { Enabled: false } });
  expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).not.toContain('xray:');
});

test('concurrency is reserved by part', () => {
  const reservedConcurrentExecutions = { planner: 1, worker: 10, reporter: 2, starter: 3, notifier: 4 };
  const template = templateWith(() => ({ reservedConcurrentExecutions }));
  const reserved = lambdasOf(template).map(({ id, ReservedConcurrentExecutions }) => [
    id
      .replace(/^Sales(Starts|Notifications)?/, '')
      .replace(/[0-9A-F]{8}$/, '')
      .toLowerCase(),
    ReservedConcurrentExecutions,
  ]);
  expect(Object.fromEntries(reserved)).toEqual(reservedConcurrentExecutions);
});

describe('given roles', () => {
  const roleFor = (stack: Stack, id: string, service: string) =>
    new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal(service) });

  test('are taken, with the grants of their parts, and no others are made', () => {
    const template = templateWith((stack) => ({
      roles: {
        planner: roleFor(stack, 'GivenPlanner', 'lambda.amazonaws.com'),
        worker: roleFor(stack, 'GivenWorker', 'lambda.amazonaws.com'),
        reporter: roleFor(stack, 'GivenReporter', 'lambda.amazonaws.com'),
        starter: roleFor(stack, 'GivenStarter', 'lambda.amazonaws.com'),
        notifier: roleFor(stack, 'GivenNotifier', 'lambda.amazonaws.com'),
        scheduler: roleFor(stack, 'GivenScheduler', 'scheduler.amazonaws.com'),
        stateMachine: roleFor(stack, 'GivenStateMachine', 'states.amazonaws.com'),
      },
    }));
    const roles = Object.keys(template.findResources('AWS::IAM::Role')).filter((id) => !id.startsWith('Interpreter'));
    expect(roles.filter((id) => !id.startsWith('Given'))).toEqual([]);
    const granted = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) =>
      Properties.Roles.map((role: { Ref: string }) => role.Ref),
    );
    expect(new Set(granted)).toEqual(new Set(roles));
  });

  test('of another trust fail at the end of synth', () => {
    const stack = stackWith((scope) => {
      fullBatch(scope, { roles: { worker: roleFor(scope, 'Given', 'ec2.amazonaws.com') } });
    });
    expect(() => (stack.node.root as App).synth()).toThrow(
      '[Stack/Sales] roles.worker must trust lambda.amazonaws.com: got Stack/Given, whose trust policy has no statement for it',
    );
  });

  test('that are imported get a warning, since their trust cannot be seen', () => {
    const stack = stackWith((scope) => {
      const worker = iam.Role.fromRoleArn(scope, 'Given', 'arn:aws:iam::111122223333:role/worker');
      fullBatch(scope, { roles: { worker } });
    });
    expect(warningsOf(stack)).toContain(WarningId.ROLE_TRUST_UNKNOWN);
  });

  test('of another account fail', () => {
    const worker = (scope: Stack) => iam.Role.fromRoleArn(scope, 'Given', 'arn:aws:iam::444455556666:role/worker');
    expect(() => stackWith((scope) => fullBatch(scope, { roles: { worker: worker(scope) } }), { env: ENV })).toThrow(
      'Stack/Sales: roles.worker must be a role of account 111122223333; got one of account 444455556666',
    );
  });
});

test('an organisation sets all of it through a property injector, without an aspect', () => {
  const injector: IPropertyInjector = {
    constructUniqueId: BatchAnalysis.PROPERTY_INJECTION_ID,
    // biome-ignore lint/suspicious/noExplicitAny: the signature of the interface
    inject: (props: any) => ({
      ...props,
      tracing: lambda.Tracing.DISABLED,
      logRetention: logs.RetentionDays.TEN_YEARS,
    }),
  };
  const app = new App({ analyticsReporting: false });
  PropertyInjectors.of(app).add(injector);
  const stack = new Stack(app, 'Stack');
  fullBatch(stack, {});
  const groups = Object.values(Template.fromStack(stack).findResources('AWS::Logs::LogGroup'));
  expect(groups.map(({ Properties }) => Properties.RetentionInDays)).toEqual(Array(FIVE + 1).fill(3653));
});

describe('fails for', () => {
  const failing = (props: Partial<BatchAnalysisProps>) => () => stackWith((scope) => fullBatch(scope, props));

  test.each<[string, Partial<BatchAnalysisProps>, string]>([
    ['subnets without a VPC', { vpcSubnets: {} }, 'vpcSubnets needs vpc'],
    [
      'less concurrency than sessions',
      { maxConcurrency: 20, reservedConcurrentExecutions: { worker: 19 } },
      'reservedConcurrentExecutions.worker must be at least maxConcurrency, 20, since each session keeps one worker busy; got 19',
    ],
    [
      'no concurrency',
      { reservedConcurrentExecutions: { planner: 0 } },
      'reservedConcurrentExecutions.planner must be a whole number, 1 or more; got 0',
    ],
    [
      'a variable of its own',
      { environment: { BATCH_SETTINGS: '{}' } },
      'environment must not set what the construct or Lambda sets itself; got BATCH_SETTINGS',
    ],
    [
      'a name that Lambda does not take',
      { environment: { 'MY-PROXY': 'x' } },
      'a name in environment must be a letter, then letters, digits and underscores; got "MY-PROXY"',
    ],
    [
      'an environment that is too large',
      { environment: { NOTES: 'x'.repeat(4000) } },
      'the settings of the batch take',
    ],
  ])('%s', (_, props, message) => expect(failing(props)).toThrow(message));
});

describe('names of one app do not collide', () => {
  const batchOn = (scope: Construct, id: string, interpreter: CodeInterpreter, batchName?: string) =>
    new BatchAnalysis(scope, id, { interpreter, script: AnalysisScript.fromAsset(SCRIPT), batchName });

  test('the same app in two stacks has two log groups', () => {
    const [one, other] = ['Stack', 'Stack'].map(() => templateWith(() => ({})));
    const nameIn = (template?: Template) =>
      Object.values(template?.findResources('AWS::Logs::LogGroup') ?? {})
        .map(({ Properties }) => Properties.LogGroupName)
        .find((name) => name !== undefined);
    expect(nameIn(one)).toEqual(nameIn(other));
    // The part of it that differs between two stacks of one name is known at deployment only.
    expect(JSON.stringify(nameIn(one))).toContain('AWS::StackId');
    expect(JSON.stringify(nameIn(one))).toContain('/aws/vendedlogs/states/');
  });

  test('two batches of one name on one bucket fail', () => {
    expect(() =>
      stackWith((stack) => {
        const interpreter = new CodeInterpreter(stack, 'Interpreter');
        batchOn(stack, 'Sales', interpreter);
        batchOn(stack, 'Other', interpreter, 'Sales');
      }),
    ).toThrow('Stack/Other: batchName "Sales" is taken by Stack/Sales on the same staging bucket');
  });

  test('two batches of one name on two buckets do not', () => {
    stackWith((stack) => {
      batchOn(stack, 'Sales', new CodeInterpreter(stack, 'One'));
      batchOn(stack, 'Other', new CodeInterpreter(stack, 'Two'), 'Sales');
    });
  });
});
