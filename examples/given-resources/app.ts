import { App } from 'aws-cdk-lib';
import { GivenResourcesStack } from './stack';

const app = new App();
new GivenResourcesStack(app, 'GivenResourcesCodeInterpreter', {
  vpcId: 'vpc-0123456789abcdef0',
  availabilityZones: ['us-east-1a', 'us-east-1b'],
  privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
  securityGroupId: 'sg-0123456789abcdef0',
  bucketName: 'example-analyses',
  keyArn: 'arn:aws:kms:us-east-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef',
  executionRoleArn: 'arn:aws:iam::111122223333:role/code-interpreter-execution',
  env: { account: '111122223333', region: 'us-east-1' },
});
