import { Match } from 'aws-cdk-lib/assertions';
import * as logs from 'aws-cdk-lib/aws-logs';
import { CodeInterpreter, CodeInterpreterTrail, type CodeInterpreterTrailProps } from '../../../lib/constructs';
import { only, templateOf } from '../template-of';

const trailOf = (props: Partial<CodeInterpreterTrailProps> = {}) =>
  templateOf((stack) => {
    const interpreters = [new CodeInterpreter(stack, 'Interpreter'), CodeInterpreter.fromAwsManaged(stack, 'Managed')];
    new CodeInterpreterTrail(stack, 'Trail', { interpreters, ...props });
  });

const template = trailOf();

test('records the data events of these interpreters, and nothing else', () => {
  const selector = (type: string, arn: unknown) => ({
    Name: `Sessions of ${type}`,
    FieldSelectors: [
      { Field: 'eventCategory', Equals: ['Data'] },
      { Field: 'resources.type', Equals: [type] },
      { Field: 'resources.ARN', Equals: [arn] },
    ],
  });
  const trail = only(template, 'AWS::CloudTrail::Trail');
  expect(trail.AdvancedEventSelectors).toEqual([
    selector('AWS::BedrockAgentCore::CodeInterpreterCustom', {
      'Fn::GetAtt': ['InterpreterF8372B61', 'CodeInterpreterArn'],
    }),
    selector('AWS::BedrockAgentCore::CodeInterpreter', expect.anything()),
  ]);
  expect(trail).not.toHaveProperty('EventSelectors');
});

test('is validated, encrypted, and kept for a year in CloudWatch Logs', () => {
  template.hasResourceProperties('AWS::CloudTrail::Trail', {
    EnableLogFileValidation: true,
    IsMultiRegionTrail: false,
    KMSKeyId: Match.anyValue(),
    CloudWatchLogsLogGroupArn: Match.anyValue(),
  });
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 365, KmsKeyId: Match.anyValue() });
  trailOf({ retention: logs.RetentionDays.TEN_YEARS }).hasResourceProperties('AWS::Logs::LogGroup', {
    RetentionInDays: 3653,
  });
});

describe('CloudTrail acts for trails of this account and Region only', () => {
  const ofThisAccount = {
    StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
    ArnLike: {
      'aws:SourceArn': {
        'Fn::Join': [
          '',
          [
            'arn:',
            { Ref: 'AWS::Partition' },
            ':cloudtrail:',
            { Ref: 'AWS::Region' },
            ':',
            { Ref: 'AWS::AccountId' },
            ':trail/*',
          ],
        ],
      },
    },
  };
  const cloudTrail = { Service: 'cloudtrail.amazonaws.com' };

  test('with the key', () => {
    template.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: [
          Match.anyValue(),
          {
            Action: ['kms:GenerateDataKey*', 'kms:DescribeKey', 'kms:Decrypt'],
            Condition: ofThisAccount,
            Effect: 'Allow',
            Principal: cloudTrail,
            Resource: '*',
          },
          Match.objectLike({ Principal: { Service: Match.anyValue() } }),
        ],
      },
    });
  });

  test('on the bucket', () => {
    const statements = Object.values(template.findResources('AWS::S3::BucketPolicy'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Principal }) => Principal?.Service === cloudTrail.Service);
    expect(statements).toEqual([
      expect.objectContaining({ Action: 's3:GetBucketAcl', Condition: ofThisAccount }),
      expect.objectContaining({
        Action: 's3:PutObject',
        Condition: {
          ...ofThisAccount,
          StringEquals: { ...ofThisAccount.StringEquals, 's3:x-amz-acl': 'bucket-owner-full-control' },
        },
      }),
    ]);
  });

  test('with the role for CloudWatch Logs', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: cloudTrail, Condition: ofThisAccount }],
      },
    });
  });
});

test('is created when it may write to the bucket', () => {
  template.hasResource('AWS::CloudTrail::Trail', {
    DependsOn: Match.arrayWith([Match.stringLikeRegexp('^TrailBucketPolicy')]),
  });
});

test('fails when there are no interpreters', () => {
  expect(() => trailOf({ interpreters: [] })).toThrow(
    'Stack/Trail: interpreters must have at least one interpreter; got none',
  );
});
