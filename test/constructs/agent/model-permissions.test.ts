import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AnalystAgent, type AnalystAgentProps, CodeInterpreter } from '../../../lib';

const MODEL = 'amazon.nova-pro-v1:0';
const INVOKE = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];

/** An ARN as the template has it, with references written as <name>. */
const arn = (text: string) => {
  const parts = text.split(/<([^>]+)>/).map((part, index) => (index % 2 === 0 ? part : { Ref: part }));
  return { 'Fn::Join': ['', parts] };
};

function build(props: Partial<AnalystAgentProps>) {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Test', {
    env: { account: '111122223333', region: 'eu-west-1' },
  });
  const interpreter = new CodeInterpreter(stack, 'Interpreter');
  new AnalystAgent(stack, 'Analyst', { interpreter, modelId: MODEL, agentName: 'people', ...props });
  return stack;
}

/** The statements about models in the policy of the agent's role. */
function modelStatementsOf(props: Partial<AnalystAgentProps>): object[] {
  return Object.values(Template.fromStack(build(props)).findResources('AWS::IAM::Policy'))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Action }) => Action.includes('bedrock:InvokeModel'));
}

describe('the models that the role may invoke', () => {
  const statement = (...Resource: unknown[]) => ({
    Action: INVOKE,
    Effect: 'Allow',
    Resource: Resource.length === 1 ? Resource[0] : Resource,
  });

  test.each(['eu', 'us', 'global'])('of an inference profile of %s: the profile, and its model through it', (area) => {
    const profile = arn(`arn:<AWS::Partition>:bedrock:eu-west-1:111122223333:inference-profile/${area}.${MODEL}`);
    expect(modelStatementsOf({ modelId: `${area}.${MODEL}` })).toEqual([
      statement(profile),
      {
        ...statement(arn(`arn:<AWS::Partition>:bedrock:*::foundation-model/${MODEL}`)),
        Condition: { StringEquals: { 'bedrock:InferenceProfileArn': profile } },
      },
    ]);
  });

  test('of the ARN of a model: this one', () => {
    const modelId = `arn:aws:bedrock:us-east-1::foundation-model/${MODEL}`;
    expect(modelStatementsOf({ modelId })).toEqual([statement(modelId)]);
  });

  test('given: exactly these', () => {
    const modelArns = ['arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc', 'arn:b'];
    expect(modelStatementsOf({ modelId: modelArns[0], modelArns })).toEqual([statement(...modelArns)]);
  });
});
