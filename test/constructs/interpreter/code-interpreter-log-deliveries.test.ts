import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as firehose from 'aws-cdk-lib/aws-kinesisfirehose';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import {
  CodeInterpreter,
  CodeInterpreterLogDeliveries,
  type CodeInterpreterObservability,
  LogDestination,
  WarningId,
} from '../../../lib/constructs';
import { ENV, only, stackWith, templateOf, warningsOf } from '../template-of';

const ARN = { 'Fn::GetAtt': ['InterpreterF8372B61', 'CodeInterpreterArn'] };
const NAME = /^[\w-]{1,60}$/;

function observed(observability: (stack: Stack) => CodeInterpreterObservability, stackName?: string): Template {
  return templateOf(
    (stack) => new CodeInterpreter(stack, 'Interpreter', { observability: observability(stack) }),
    { env: ENV },
    stackName,
  );
}

function logKey(stack: Stack, service?: string): kms.Key {
  const key = new kms.Key(stack, 'Key');
  if (service) {
    key.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal(service)],
        actions: ['kms:Encrypt'],
        resources: ['*'],
      }),
    );
  }
  return key;
}

describe('usage logs', () => {
  const template = observed(() => ({ usageLogs: true }));

  test('go to a log group that needs no resource policy, for a month, and stay', () => {
    template.hasResource('AWS::Logs::LogGroup', {
      DeletionPolicy: 'Retain',
      Properties: { RetentionInDays: 30, KmsKeyId: Match.absent() },
    });
    expect(JSON.stringify(only(template, 'AWS::Logs::LogGroup').LogGroupName)).toMatch(
      /"\/aws\/vendedlogs\/bedrock-agentcore\/Stack-Interpreter-.*\/usage"/,
    );
    template.resourceCountIs('AWS::Logs::ResourcePolicy', 0);
  });

  test('are delivered from the interpreter', () => {
    expect(only(template, 'AWS::Logs::DeliverySource')).toEqual({
      LogType: 'USAGE_LOGS',
      Name: expect.stringMatching(NAME),
      ResourceArn: ARN,
    });
    expect(only(template, 'AWS::Logs::DeliveryDestination')).toEqual({
      DeliveryDestinationType: 'CWL',
      DestinationResourceArn: { 'Fn::GetAtt': [expect.stringMatching(/LogGroup/), 'Arn'] },
      Name: expect.stringMatching(NAME),
    });
    expect(only(template, 'AWS::Logs::Delivery')).toEqual({
      DeliveryDestinationArn: { 'Fn::GetAtt': [expect.stringMatching(/Destination/), 'Arn'] },
      DeliverySourceName: { Ref: expect.stringMatching(/Source/) },
    });
  });

  test('keep what they are told to keep', () => {
    const given = observed(() => ({
      usageLogs: true,
      usageLogDestination: LogDestination.cloudWatchLogs({
        logGroupName: '/aws/vendedlogs/analyses',
        retention: logs.RetentionDays.ONE_YEAR,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    }));
    given.hasResource('AWS::Logs::LogGroup', {
      DeletionPolicy: 'Delete',
      Properties: { LogGroupName: '/aws/vendedlogs/analyses', RetentionInDays: 365 },
    });
  });

  test('fails when the log group would need a resource policy', () => {
    const usageLogDestination = LogDestination.cloudWatchLogs({ logGroupName: '/analyses' });
    expect(() => observed(() => ({ usageLogs: true, usageLogDestination }))).toThrow(
      'Stack/Interpreter/Deliveries/Usage: logGroupName must begin with "/aws/vendedlogs/"',
    );
  });
});

describe('application logs', () => {
  test('are encrypted with a key that CloudWatch Logs may use for this log group', () => {
    const template = observed(() => ({ applicationLogs: true }));
    template.hasResourceProperties('AWS::Logs::DeliverySource', { LogType: 'APPLICATION_LOGS' });
    template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: Match.anyValue() });
    template.hasResource('AWS::KMS::Key', {
      DeletionPolicy: 'Retain',
      Properties: {
        EnableKeyRotation: true,
        KeyPolicy: {
          Statement: [
            Match.anyValue(),
            {
              Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
              Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': Match.anyValue() } },
              Effect: 'Allow',
              Principal: { Service: 'logs.eu-west-1.amazonaws.com' },
              Resource: '*',
            },
          ],
        },
      },
    });
  });

  const withKey = (key: (stack: Stack) => kms.IKey) => (stack: Stack) => ({
    applicationLogs: true,
    applicationLogDestination: LogDestination.cloudWatchLogs({ encryptionKey: key(stack) }),
  });

  test('take a given key that lets CloudWatch Logs use it', () => {
    const template = observed(withKey((stack) => logKey(stack, 'logs.eu-west-1.amazonaws.com')));
    template.resourceCountIs('AWS::KMS::Key', 1);
    template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] } });
  });

  test.each([undefined, 'delivery.logs.amazonaws.com'])(
    'fails when the policy of the given key allows %s, but not CloudWatch Logs',
    (service) => {
      const app = new App();
      const stack = new Stack(app, 'Stack', { env: ENV });
      new CodeInterpreter(stack, 'Interpreter', { observability: withKey((scope) => logKey(scope, service))(stack) });
      expect(() => app.synth()).toThrow(
        '[Stack/Interpreter/Deliveries/Application] encryptionKey must let CloudWatch Logs use it: got Stack/Key, whose policy has no statement for logs.REGION.amazonaws.com',
      );
    },
  );

  test('warns when the policy of an imported key cannot be seen', () => {
    const stack = stackWith((scope) => {
      const key = kms.Key.fromKeyArn(scope, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/0123');
      new CodeInterpreter(scope, 'Interpreter', { observability: withKey(() => key)(scope) });
    });
    expect(warningsOf(stack)).toEqual([WarningId.LOG_KEY_POLICY_UNKNOWN]);
  });
});

test('traces go to X-Ray', () => {
  const template = observed(() => ({ traces: true }));
  template.hasResourceProperties('AWS::Logs::DeliverySource', { LogType: 'TRACES', ResourceArn: ARN });
  template.hasResourceProperties('AWS::Logs::DeliveryDestination', {
    DeliveryDestinationType: 'XRAY',
    DestinationResourceArn: Match.absent(),
  });
  // An account has five of these; the service keeps one of its own up to date.
  template.resourceCountIs('AWS::XRay::ResourcePolicy', 0);
});

test('a bucket lets the logs of this account in', () => {
  const template = observed((stack) => ({
    usageLogs: true,
    usageLogDestination: LogDestination.s3(new s3.Bucket(stack, 'Logs', { encryptionKey: new kms.Key(stack, 'Key') })),
  }));
  const condition = {
    ArnLike: {
      'aws:SourceArn': {
        'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':logs:eu-west-1:111122223333:delivery-source:*']],
      },
    },
    StringEquals: { 'aws:SourceAccount': ENV.account },
  };
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: [
        {
          Action: 's3:PutObject',
          Condition: {
            ...condition,
            StringEquals: { ...condition.StringEquals, 's3:x-amz-acl': 'bucket-owner-full-control' },
          },
          Effect: 'Allow',
          Principal: { Service: 'delivery.logs.amazonaws.com' },
          Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Logs6819BB44', 'Arn'] }, '/AWSLogs/111122223333/*']] },
        },
      ],
    },
  });
  template.hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: {
      Statement: Match.arrayWith([
        {
          Action: 'kms:GenerateDataKey',
          Condition: condition,
          Effect: 'Allow',
          Principal: { Service: 'delivery.logs.amazonaws.com' },
          Resource: '*',
        },
      ]),
    },
  });
  template.hasResource('AWS::Logs::Delivery', { DependsOn: Match.arrayWith([Match.stringLikeRegexp('LogsPolicy')]) });
});

test('a Firehose stream is tagged for it', () => {
  const template = observed((stack) => ({
    usageLogs: true,
    usageLogDestination: LogDestination.firehose(
      new firehose.DeliveryStream(stack, 'Stream', {
        destination: new firehose.S3Bucket(s3.Bucket.fromBucketName(stack, 'Bucket', 'logs')),
      }),
    ),
  }));
  template.hasResourceProperties('AWS::Logs::DeliveryDestination', { DeliveryDestinationType: 'FH' });
  template.hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
    Tags: [{ Key: 'LogDeliveryEnabled', Value: 'true' }],
  });
});

describe('several deliveries', () => {
  test('of a stack are set up one after another', () => {
    const template = templateOf((stack) => {
      const observability = { usageLogs: true, applicationLogs: true, traces: true };
      new CodeInterpreter(stack, 'One', { observability });
      new CodeInterpreter(stack, 'Two', { observability });
    });
    const deliveries = Object.entries(template.findResources('AWS::Logs::Delivery'));
    const after = deliveries.map(([, { DependsOn }]) =>
      [DependsOn ?? []].flat().filter((id: string) => deliveries.some(([other]) => other === id)),
    );
    expect(after.map((others) => others.length).sort()).toEqual([0, 1, 1, 1, 1, 1]);
    expect(new Set(after.flat()).size).toBe(5);
  });

  test('have names within the limits under a long stack name', () => {
    const template = observed(
      () => ({ usageLogs: true, applicationLogs: true, traces: true }),
      `Stack${'-with-a-long-name'.repeat(7)}`,
    );
    const named = ['AWS::Logs::DeliverySource', 'AWS::Logs::DeliveryDestination'].flatMap((type) =>
      Object.values(template.findResources(type)).map(({ Properties }) => Properties.Name),
    );
    expect(new Set(named).size).toBe(6);
    for (const name of named) {
      expect(name).toMatch(NAME);
    }
  });
});

describe('when something is replaced', () => {
  const nameIn = (template: Template, type: string) => only(template, type).Name;

  test('the delivery source gets a new name with the interpreter', () => {
    const name = (description: string) =>
      nameIn(
        templateOf(
          (stack) => new CodeInterpreter(stack, 'Interpreter', { description, observability: { traces: true } }),
        ),
        'AWS::Logs::DeliverySource',
      );
    expect(name('one')).not.toBe(name('two'));
  });

  test('the delivery destination gets a new name with what it delivers to', () => {
    const name = (bucket: string) =>
      nameIn(
        observed((stack) => ({
          usageLogs: true,
          usageLogDestination: LogDestination.s3(s3.Bucket.fromBucketName(stack, 'Logs', bucket)),
        })),
        'AWS::Logs::DeliveryDestination',
      );
    expect(name('one')).not.toBe(name('two'));
  });
});

test('logs of an imported interpreter can be delivered', () => {
  const codeInterpreterArn = 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:code-interpreter-custom/shared-AbCdEf';
  const template = templateOf((stack) => {
    const interpreter = CodeInterpreter.fromCodeInterpreterAttributes(stack, 'Imported', { codeInterpreterArn });
    new CodeInterpreterLogDeliveries(stack, 'Deliveries', { interpreter, usageLogs: true });
  });
  template.hasResourceProperties('AWS::Logs::DeliverySource', { ResourceArn: codeInterpreterArn });
});

test('what is not asked for is not delivered', () => {
  const template = observed(() => ({}));
  template.resourceCountIs('AWS::Logs::Delivery', 0);
});
