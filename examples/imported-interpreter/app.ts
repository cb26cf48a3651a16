import { App } from 'aws-cdk-lib';
import { ImportedInterpreterStack } from './stack';

const app = new App();
new ImportedInterpreterStack(app, 'ImportedCodeInterpreter', {
  codeInterpreterArn:
    'arn:aws:bedrock-agentcore:us-east-1:111122223333:code-interpreter-custom/shared_interpreter-AbCdEf0123',
  executionRoleArn: 'arn:aws:iam::111122223333:role/shared-code-interpreter',
  env: { account: '111122223333', region: 'us-east-1' },
});
