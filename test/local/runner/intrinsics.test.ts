// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation has placeholders of its own.
import type { AssemblyStack } from '../../../lib/local/runner/assembly';
import { Intrinsics } from '../../../lib/local/runner/intrinsics';

const producer: AssemblyStack = {
  name: 'Producer',
  assets: [],
  template: {
    Resources: {
      Data: { Type: 'AWS::S3::Bucket' },
      Stored: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/shared/data', Value: { Ref: 'Data' } } },
    },
    Outputs: { Name: { Value: { Ref: 'Data' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:Data' } } } },
  },
};
const stack: AssemblyStack = {
  name: 'Consumer',
  assets: [],
  template: {
    Parameters: {
      Stage: { Default: 'test' },
      Shared: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/shared/data' },
      Elsewhere: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/not/in/this/app' },
    },
    Resources: {
      Work: { Type: 'AWS::Lambda::Function' },
      Data: { Type: 'AWS::S3::Bucket' },
      Interpreter: { Type: 'AWS::BedrockAgentCore::CodeInterpreterCustom' },
    },
  },
};
const intrinsics = new Intrinsics([producer, stack]);

describe('the values of a template in the local account', () => {
  test.each<[string, unknown, unknown]>([
    ["a Lambda's ARN", { 'Fn::GetAtt': ['Work', 'Arn'] }, 'arn:aws:lambda:us-east-1:000000000000:function:Work'],
    ["a bucket's name", { Ref: 'Data' }, 'data'],
    ["a bucket's ARN", { 'Fn::GetAtt': ['Data', 'Arn'] }, 'arn:aws:s3:::data'],
    ["an interpreter's id", { 'Fn::GetAtt': ['Interpreter', 'CodeInterpreterId'] }, 'Interpreter'],
    ["a parameter's default", { Ref: 'Stage' }, 'test'],
    [
      'pseudo parameters',
      { 'Fn::Join': ['-', [{ Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }]] },
      'us-east-1-000000000000',
    ],
    [
      'a text with references',
      { 'Fn::Sub': '${Data}/${Work.Arn}/${!Literal}' },
      'data/arn:aws:lambda:us-east-1:000000000000:function:Work/${!Literal}',
    ],
    ['a text with variables', { 'Fn::Sub': ['${a}-${Stage}', { a: { Ref: 'Data' } }] }, 'data-test'],
    ['a part of a list', { 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
    ['an export of another stack', { 'Fn::ImportValue': 'Producer:Data' }, 'data'],
    ['what another stack stores in Systems Manager', { Ref: 'Shared' }, 'data'],
    ['the name of what no stack of the app stores there', { Ref: 'Elsewhere' }, '/not/in/this/app'],
    ['what is inside of objects and lists', { a: [{ Ref: 'Stage' }], b: { Ref: 'AWS::NoValue' } }, { a: ['test'] }],
  ])('%s', (_, value, expected) => {
    expect(intrinsics.resolve(stack, value)).toEqual(expected);
  });

  test('a function that is not known is named, with its argument', () => {
    expect(() => intrinsics.resolve(stack, { 'Fn::Cidr': ['10.0.0.0/16', 4] })).toThrow(
      'stack Consumer: the local runner does not know Fn::Cidr (["10.0.0.0/16",4])',
    );
  });

  test('a reference to a resource that is not there is named', () => {
    expect(() => intrinsics.resolve(stack, { 'Fn::GetAtt': ['Gone', 'Arn'] })).toThrow('names the resource Gone');
  });
});
