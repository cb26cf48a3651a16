import { App, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { type StagingArea, StagingBucket, WarningId } from '../../../lib/constructs';
import { ENV, only, stackWith, statementsOf, templateOf, warningsOf } from '../template-of';

const BUCKET = 'arn:aws:s3:::analyses';
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef';
const ACCOUNT = { 's3:ResourceAccount': ENV.account };

function areaIn(stack: Stack, attributes: Partial<s3.BucketAttributes> = {}): StagingArea {
  const bucket = s3.Bucket.fromBucketAttributes(stack, 'Given', { bucketArn: BUCKET, ...attributes });
  return StagingBucket.fromBucket(bucket).bind(stack);
}

function roleIn(stack: Stack): iam.Role {
  return new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
}

function statements(grant: (area: StagingArea, role: iam.Role) => void, attributes?: Partial<s3.BucketAttributes>) {
  return statementsOf(templateOf((stack) => grant(areaIn(stack, attributes), roleIn(stack)), { env: ENV }));
}

const read = [
  {
    Action: 's3:GetObject',
    Condition: { StringEquals: ACCOUNT },
    Effect: 'Allow',
    Resource: `${BUCKET}/incoming/*`,
  },
  {
    Action: 's3:ListBucket',
    Condition: { StringEquals: ACCOUNT, StringLike: { 's3:prefix': 'incoming/*' } },
    Effect: 'Allow',
    Resource: BUCKET,
  },
];
const write = {
  Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
  Condition: { StringEquals: ACCOUNT },
  Effect: 'Allow',
  Resource: `${BUCKET}/incoming/*`,
};
const useKey = (...actions: string[]) => ({
  Action: actions.length === 1 ? actions[0] : actions,
  Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['s3.eu-west-1.', { Ref: 'AWS::URLSuffix' }]] } } },
  Effect: 'Allow',
  Resource: KEY,
});

describe('grants are for one prefix of a bucket of one account', () => {
  test('to read', () => {
    expect(statements((area, role) => area.grantRead(role, 'incoming/'))).toEqual(read);
  });

  test('to write', () => {
    expect(statements((area, role) => area.grantWrite(role, 'incoming/'))).toEqual([write]);
  });

  test('to read and write', () => {
    expect(statements((area, role) => area.grantReadWrite(role, 'incoming/'))).toEqual([...read, write]);
  });

  test('to delete', () => {
    expect(statements((area, role) => area.grantDelete(role, 'incoming/'))).toEqual([
      { ...write, Action: 's3:DeleteObject' },
    ]);
  });

  test('or for the whole bucket', () => {
    const [objects, list] = read;
    expect(statements((area, role) => area.grantRead(role, ''))).toEqual([
      { ...objects, Resource: `${BUCKET}/*` },
      { ...list, Condition: { StringEquals: ACCOUNT } },
    ]);
  });

  test('a prefix may be a token', () => {
    const prefix = Token.asString({ Ref: 'Prefix' });
    const [objects] = statements((area, role) => area.grantRead(role, prefix)) as { Resource: unknown }[];
    expect(JSON.stringify(objects?.Resource)).toContain('{"Ref":"Prefix"}');
  });

  test.each(['/incoming/', 'incoming', 'in*/'])('fails when the prefix is "%s"', (prefix) => {
    expect(() => statements((area, role) => area.grantRead(role, prefix))).toThrow(
      `Stack/Staging: a prefix must end with "/", and must not begin with "/" or contain "*", such as "incoming/"; got "${prefix}"`,
    );
  });
});

describe('grants include the key of the bucket, through S3 only', () => {
  const encrypted = (grant: (area: StagingArea, role: iam.Role) => void) =>
    statementsOf(
      templateOf(
        (stack) => {
          const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', KEY);
          grant(areaIn(stack, { encryptionKey }), roleIn(stack));
        },
        { env: ENV },
      ),
    );

  test('to read', () => {
    expect(encrypted((area, role) => area.grantRead(role, 'incoming/'))).toEqual([...read, useKey('kms:Decrypt')]);
  });

  test('to write', () => {
    expect(encrypted((area, role) => area.grantWrite(role, 'incoming/'))).toEqual([
      write,
      useKey('kms:Decrypt', 'kms:GenerateDataKey'),
    ]);
  });
});

describe('a bucket in another account', () => {
  const account = '444455556666';

  test('is named in the grants', () => {
    const [objects] = statements((area, role) => area.grantRead(role, 'incoming/'), { account });
    expect(objects).toEqual({ ...read[0], Condition: { StringEquals: { 's3:ResourceAccount': account } } });
  });

  // Both policies have to allow an access, so that the conditions of the role's are enough.
  test('of the same app allows the access in its policy too', () => {
    const app = new App();
    const owner = new Stack(app, 'Owner', { env: { ...ENV, account } });
    const bucket = new s3.Bucket(owner, 'Bucket', { bucketName: 'analyses' });
    const stack = new Stack(app, 'Stack', { env: ENV });
    const role = new iam.Role(stack, 'Role', {
      roleName: 'reader',
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    });
    StagingBucket.fromBucket(bucket).bind(stack).grantRead(role, 'incoming/');
    expect(only(Template.fromStack(owner), 'AWS::S3::BucketPolicy').PolicyDocument).toMatchObject({
      Statement: [
        { Action: 's3:GetObject', Effect: 'Allow' },
        { Action: 's3:ListBucket', Effect: 'Allow' },
      ],
    });
    expect(statementsOf(Template.fromStack(stack))).toHaveLength(2);
  });

  test('warns when the bucket is in another account', () => {
    const stack = stackWith((scope) => areaIn(scope, { account }), { env: ENV });
    expect(warningsOf(stack)).toEqual([WarningId.CROSS_ACCOUNT_STAGING]);
  });

  test('is not suspected where accounts are not known', () => {
    expect(warningsOf(stackWith((scope) => areaIn(scope)))).toEqual([]);
  });
});

test('fails when the bucket is in another Region', () => {
  expect(() => templateOf((stack) => areaIn(stack, { region: 'us-east-1' }), { env: ENV })).toThrow(
    'Stack/Staging: the staging bucket must be in the Region of its interpreter, eu-west-1; got a bucket in us-east-1',
  );
});
