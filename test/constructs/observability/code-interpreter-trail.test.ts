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

test('its key is for CloudTrail and CloudWatch Logs of this account', () => {
  template.hasResourceProperties('AWS::KMS::Key', {
    EnableKeyRotation: true,
    KeyPolicy: {
      Statement: [
        Match.anyValue(),
        {
          Action: ['kms:GenerateDataKey*', 'kms:DescribeKey', 'kms:Decrypt'],
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          Effect: 'Allow',
          Principal: { Service: 'cloudtrail.amazonaws.com' },
          Resource: '*',
        },
        Match.objectLike({ Principal: { Service: Match.anyValue() } }),
      ],
    },
  });
});

test('fails when there are no interpreters', () => {
  expect(() => trailOf({ interpreters: [] })).toThrow(
    'Stack/Trail: interpreters must have at least one interpreter; got none',
  );
});
