import { App } from 'aws-cdk-lib';
import { VpcStrictStack } from './stack';

const app = new App();
new VpcStrictStack(app, 'StrictCodeInterpreter', {
  vpcId: 'vpc-0123456789abcdef0',
  availabilityZones: ['us-east-1a', 'us-east-1b'],
  isolatedSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
  isolatedSubnetRouteTableIds: ['rtb-0123456789abcdef0', 'rtb-0123456789abcdef1'],
  s3PrefixListId: 'pl-63a5400a',
  env: { account: '111122223333', region: 'us-east-1' },
});
