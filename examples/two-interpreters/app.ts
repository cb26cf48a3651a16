import { App } from 'aws-cdk-lib';
import { TwoInterpretersStack } from './stack';

const app = new App();
new TwoInterpretersStack(app, 'TwoCodeInterpreters', {
  vpcId: 'vpc-0123456789abcdef0',
  availabilityZones: ['us-east-1a', 'us-east-1b'],
  privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
  privateSubnetRouteTableIds: ['rtb-0123456789abcdef0', 'rtb-0123456789abcdef0'],
  env: { account: '111122223333', region: 'us-east-1' },
});
