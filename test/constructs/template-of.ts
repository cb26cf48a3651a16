import { App, Stack, type StackProps } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';

export const ENV = { account: '111122223333', region: 'eu-west-1' };

/** A stack with something in it. */
export function stackWith(fill: (stack: Stack) => void, props?: StackProps, name = 'Stack'): Stack {
  const stack = new Stack(new App({ analyticsReporting: false }), name, props);
  fill(stack);
  return stack;
}

/** The template of a stack with something in it. */
export function templateOf(fill: (stack: Stack) => void, props?: StackProps, name?: string): Template {
  return Template.fromStack(stackWith(fill, props, name));
}

/** The warnings of a stack, by their ids. */
export function warningsOf(stack: Stack): string[] {
  return Annotations.fromStack(stack)
    .findWarning('*', Match.anyValue())
    .map(({ entry }) => /\[ack: (.+)\]$/.exec(String(entry.data))?.[1] ?? String(entry.data));
}

/** The properties of the only resource of a type. */
export function only(template: Template, type: string): Record<string, unknown> {
  const found = Object.values(template.findResources(type));
  if (found.length !== 1) {
    throw new Error(`expected one ${type}, found ${found.length}`);
  }
  return found[0]?.Properties;
}

/** The statements of the policies of all roles. */
export function statementsOf(template: Template): unknown[] {
  return Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement,
  );
}

/** What lets the Lambdas of the batch "Sales" leave the details of their failures in the interpreter's bucket. */
export const WRITES_FAILURE_DETAILS = {
  Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
  Condition: { StringEquals: { 's3:ResourceAccount': { Ref: 'AWS::AccountId' } } },
  Effect: 'Allow',
  Resource: {
    'Fn::Join': ['', [{ 'Fn::GetAtt': ['InterpreterStagingBucket', 'Arn'] }, '/runs/Sales/lambda.failures/*']],
  },
};
