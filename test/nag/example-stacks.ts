import { join } from 'node:path';
import type { Construct } from 'constructs';
import { ReferenceStack } from '../../bin/reference-stack';
import { AnalystAgentStack } from '../../examples/analyst-agent/stack';
import { GatewayToolStack } from '../../examples/gateway-tool/stack';
import { GivenResourcesStack } from '../../examples/given-resources/stack';
import { ImportedInterpreterStack } from '../../examples/imported-interpreter/stack';
import { InvokerStack } from '../../examples/invoker/stack';
import { MinimalStack } from '../../examples/minimal/stack';
import { ParameterGridStack } from '../../examples/parameter-grid/stack';
import { PublicWithCertificatesStack } from '../../examples/public-with-certificates/stack';
import { ResultsInAthenaStack } from '../../examples/results-in-athena/stack';
import { ScheduledBatchStack } from '../../examples/scheduled-batch/stack';
import { TwoInterpretersStack } from '../../examples/two-interpreters/stack';
import { TwoStagesStack } from '../../examples/two-stages/stack';
import { VpcStrictStack } from '../../examples/vpc-strict/stack';

const env = { account: '111122223333', region: 'us-east-1' };
const network = {
  vpcId: 'vpc-0123456789abcdef0',
  availabilityZones: ['us-east-1a', 'us-east-1b'],
  privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
};

/** Every example, as its app.ts puts it together. */
export const exampleStacks: Record<string, (scope: Construct) => unknown> = {
  minimal: (scope) => new MinimalStack(scope, 'Stack'),
  'analyst-agent': (scope) => new AnalystAgentStack(scope, 'Stack', { modelId: 'eu.amazon.nova-pro-v1:0' }),
  'gateway-tool': (scope) => new GatewayToolStack(scope, 'Stack'),
  invoker: (scope) => new InvokerStack(scope, 'Stack'),
  'vpc-strict': (scope) =>
    new VpcStrictStack(scope, 'Stack', {
      env,
      vpcId: network.vpcId,
      availabilityZones: network.availabilityZones,
      isolatedSubnetIds: network.privateSubnetIds,
      isolatedSubnetRouteTableIds: ['rtb-0123456789abcdef0', 'rtb-0123456789abcdef1'],
      s3PrefixListId: 'pl-63a5400a',
    }),
  'given-resources': (scope) =>
    new GivenResourcesStack(scope, 'Stack', {
      ...network,
      env,
      securityGroupId: 'sg-0123456789abcdef0',
      bucketName: 'example-analyses',
      keyArn: 'arn:aws:kms:us-east-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef',
      executionRoleArn: 'arn:aws:iam::111122223333:role/code-interpreter-execution',
    }),
  'public-with-certificates': (scope) =>
    new PublicWithCertificatesStack(scope, 'Stack', {
      env,
      certificateSecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:proxy-root-certificate-AbCdEf',
    }),
  'two-interpreters': (scope) =>
    new TwoInterpretersStack(scope, 'Stack', {
      ...network,
      env,
      privateSubnetRouteTableIds: ['rtb-0123456789abcdef0', 'rtb-0123456789abcdef0'],
    }),
  'parameter-grid': (scope) => new ParameterGridStack(scope, 'Stack'),
  'two-stages': (scope) => new TwoStagesStack(scope, 'Stack'),
  'results-in-athena': (scope) => new ResultsInAthenaStack(scope, 'Stack'),
  'scheduled-batch': (scope) => new ScheduledBatchStack(scope, 'Stack', { env }),
  'imported-interpreter': (scope) =>
    new ImportedInterpreterStack(scope, 'Stack', {
      env,
      codeInterpreterArn:
        'arn:aws:bedrock-agentcore:us-east-1:111122223333:code-interpreter-custom/shared_interpreter-AbCdEf0123',
      executionRoleArn: 'arn:aws:iam::111122223333:role/shared-code-interpreter',
    }),
};

/** Every stack that must be clean: the examples and the reference app. */
export const checkedStacks: Record<string, (scope: Construct) => unknown> = {
  ...exampleStacks,
  'the reference app': (scope) =>
    new ReferenceStack(scope, 'Stack', { script: join(__dirname, '../../examples/vega-datasets/analysis.py') }),
};
