import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { validationError } from '../base/construct-validation';

const ACTIONS = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];
/** An inference profile is called like its model, after the area that it sends calls to. */
const PROFILE = /^(global|us-gov|us|eu|apac|jp|au|ca|sa|me|af|il)\.(.+)$/;
const MODEL = /^[\w-]+\.[\w.:-]+$/;

/** The permission to invoke exactly this model: through its inference profile only, if it is one. */
export function modelStatements(
  scope: Construct,
  modelId: string,
  modelArns: readonly string[] | undefined,
): iam.PolicyStatement[] {
  if (modelArns !== undefined) {
    return [new iam.PolicyStatement({ actions: ACTIONS, resources: [...modelArns] })];
  }
  const { partition, region, account } = Stack.of(scope);
  if (Token.isUnresolved(modelId) || modelId.includes(':application-inference-profile/')) {
    const problem = 'modelArns is required, since the models cannot be told from modelId';
    throw validationError(scope, 'AgentModelArns', `${problem}${Token.isUnresolved(modelId) ? '' : ` "${modelId}"`}`);
  }
  const [, arn, id = modelId] = /^(arn:[^:]+:bedrock:.*\/)([^/]+)$/.exec(modelId) ?? [];
  const [, , base] = PROFILE.exec(id) ?? [];
  if (!MODEL.test(base ?? id)) {
    const right = 'the id of a foundation model or of an inference profile, such as "eu.amazon.nova-pro-v1:0"';
    throw validationError(scope, 'AgentModel', `modelId must be ${right}; got "${modelId}"`);
  }
  if (base === undefined) {
    const model = arn ? modelId : `arn:${partition}:bedrock:${region}::foundation-model/${id}`;
    return [new iam.PolicyStatement({ actions: ACTIONS, resources: [model] })];
  }
  const profile = arn ? modelId : `arn:${partition}:bedrock:${region}:${account}:inference-profile/${id}`;
  return [
    new iam.PolicyStatement({ actions: ACTIONS, resources: [profile] }),
    new iam.PolicyStatement({
      actions: ACTIONS,
      resources: [`arn:${partition}:bedrock:*::foundation-model/${base}`],
      conditions: { StringEquals: { 'bedrock:InferenceProfileArn': profile } },
    }),
  ];
}
