import { Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { CodeInterpreter, type NewStagingBucketProps, StagingBucket, WarningId } from '../../../lib/constructs';
import { stackWith, templateOf, warningsOf } from '../template-of';

function managed(props?: NewStagingBucketProps): Template {
  return templateOf((stack) => StagingBucket.create(props).bind(stack));
}

/** The staging bucket, which is the one that sends events. */
function stagingOf(template: Template): Record<string, unknown> {
  const [bucket] = Object.values(
    template.findResources('AWS::S3::Bucket', { Properties: { NotificationConfiguration: Match.anyValue() } }),
  );
  return bucket ?? {};
}

describe('a managed bucket, by default', () => {
  const template = managed();

  test('is private, encrypted with SSE-S3, versioned, kept, and tells EventBridge', () => {
    expect(stagingOf(template)).toEqual({
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        LifecycleConfiguration: expect.anything(),
        LoggingConfiguration: {
          DestinationBucketName: { Ref: expect.stringMatching(/^StagingBucketAccessLogs/) },
          LogFilePrefix: expect.stringMatching(/^[0-9a-f]{8}\/$/),
        },
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
      },
      UpdateReplacePolicy: 'Retain',
      DeletionPolicy: 'Retain',
    });
  });

  test('expires nothing but earlier versions, after 30 days, and uploads that were given up, after 7', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      NotificationConfiguration: Match.anyValue(),
      LifecycleConfiguration: {
        Rules: [
          {
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
            Id: 'abort-incomplete-uploads',
            Status: 'Enabled',
          },
          {
            ExpiredObjectDeleteMarker: true,
            Id: 'expire-noncurrent-versions',
            NoncurrentVersionExpiration: { NoncurrentDays: 30 },
            Status: 'Enabled',
          },
        ],
      },
    });
  });

  test('refuses requests without TLS 1.2', () => {
    const denied = (condition: object) =>
      Match.objectLike({ Effect: 'Deny', Action: 's3:*', Principal: { AWS: '*' }, Condition: condition });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: [
          denied({ Bool: { 'aws:SecureTransport': 'false' } }),
          denied({ NumericLessThan: { 's3:TlsVersion': 1.2 } }),
        ],
      },
    });
  });

  test('has its accesses logged to a bucket that keeps the logs for 90 days', () => {
    template.resourceCountIs('AWS::S3::Bucket', 2);
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        LifecycleConfiguration: {
          Rules: [
            {
              AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
              ExpirationInDays: 90,
              Id: 'expire-access-logs',
              NoncurrentVersionExpiration: { NoncurrentDays: 1 },
              Status: 'Enabled',
            },
          ],
        },
      },
    });
  });

  test('lets the logging service write logs of this bucket only', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Action: 's3:PutObject',
            Condition: {
              ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [Match.stringLikeRegexp('^StagingBucket'), 'Arn'] } },
              StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
            },
            Effect: 'Allow',
            Principal: { Service: 'logging.s3.amazonaws.com' },
            Resource: Match.anyValue(),
          },
        ]),
      },
    });
  });

  test('needs no custom resource and no Lambda', () => {
    template.resourceCountIs('AWS::Lambda::Function', 0);
  });
});

describe('a managed bucket', () => {
  test('expires what runs and the invoker wrote after the retention, but no inputs', () => {
    const rules = Match.arrayWith([
      { ExpirationInDays: 14, Id: 'expire-runs', Prefix: 'runs/', Status: 'Enabled' },
      { ExpirationInDays: 14, Id: 'expire-invoker-files', Prefix: 'invoker/', Status: 'Enabled' },
    ]);
    const template = managed({ retention: Duration.days(14) });
    template.hasResourceProperties('AWS::S3::Bucket', { LifecycleConfiguration: { Rules: rules } });
    expect(JSON.stringify(stagingOf(template))).not.toContain('incoming/');
  });

  test('is encrypted with a given key', () => {
    const template = templateOf((stack) =>
      StagingBucket.create({ encryptionKey: new kms.Key(stack, 'Key') }).bind(stack),
    );
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: {
              KMSMasterKeyID: { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] },
              SSEAlgorithm: 'aws:kms',
            },
          },
        ],
      },
    });
  });

  test('keeps no versions when told so', () => {
    const template = managed({ versioned: false });
    expect(JSON.stringify(stagingOf(template))).not.toMatch(/VersioningConfiguration|Noncurrent/);
  });

  test('logs accesses to a given bucket, or not at all', () => {
    const given = templateOf((stack) => {
      const accessLogsBucket = s3.Bucket.fromBucketName(stack, 'Logs', 'central-logs');
      StagingBucket.create({ accessLogsBucket }).bind(stack);
    });
    given.hasResourceProperties('AWS::S3::Bucket', {
      LoggingConfiguration: Match.objectLike({ DestinationBucketName: 'central-logs' }),
    });
    given.resourceCountIs('AWS::S3::Bucket', 1);
    managed({ accessLogs: false }).resourceCountIs('AWS::S3::Bucket', 1);
  });

  test('that is to be removed still keeps objects', () => {
    const template = managed({ removalPolicy: RemovalPolicy.DESTROY });
    expect(stagingOf(template)).toMatchObject({ DeletionPolicy: 'Delete' });
    template.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
  });

  test('warns when objects are deleted with the stack', () => {
    const stack = stackWith((scope) =>
      StagingBucket.create({ removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true }).bind(scope),
    );
    Template.fromStack(stack).resourceCountIs('Custom::S3AutoDeleteObjects', 1);
    expect(warningsOf(stack)).toEqual([WarningId.STAGING_IS_DELETED]);
  });

  test('fails when objects are to be deleted from a bucket that stays', () => {
    expect(() => managed({ autoDeleteObjects: true })).toThrow(
      'Stack/StagingBucket: autoDeleteObjects needs removalPolicy: RemovalPolicy.DESTROY; got none, so retain',
    );
  });

  test.each([
    ['retention', Duration.hours(12), '12 hours'],
    ['retention', Duration.days(0), '0 days'],
    ['noncurrentRetention', Duration.hours(36), '1 day 12 hours'],
  ])('fails when %s is not whole days, at least one', (name, duration, shown) => {
    expect(() => managed({ [name]: duration })).toThrow(
      `Stack/StagingBucket: ${name} must be whole days, at least one; got ${shown}`,
    );
  });
});

test('one description makes a bucket for each interpreter', () => {
  const template = templateOf((stack) => {
    const staging = StagingBucket.create({ accessLogs: false });
    new CodeInterpreter(stack, 'One', { staging });
    new CodeInterpreter(stack, 'Two', { staging });
  });
  template.resourceCountIs('AWS::S3::Bucket', 2);
});

describe('a given bucket', () => {
  test('is left as it is', () => {
    const template = templateOf((stack) =>
      StagingBucket.fromBucket(s3.Bucket.fromBucketName(stack, 'Given', 'analyses')).bind(stack),
    );
    template.templateMatches({ Resources: Match.absent() });
  });

  test('is set up to send events only when asked to', () => {
    const withEvents = (sendsEvents?: boolean) =>
      templateOf((stack: Stack) => {
        const bucket = s3.Bucket.fromBucketName(stack, 'Given', 'analyses');
        StagingBucket.fromBucket(bucket, { sendsEvents }).bind(stack).enableEvents();
      });
    withEvents().resourceCountIs('Custom::S3BucketNotifications', 1);
    withEvents(true).resourceCountIs('Custom::S3BucketNotifications', 0);
  });

  test('a managed bucket needs no more for events', () => {
    const template = templateOf((stack) => StagingBucket.create().bind(stack).enableEvents());
    template.resourceCountIs('Custom::S3BucketNotifications', 0);
  });
});
