import { App } from 'aws-cdk-lib';
import { PublicWithCertificatesStack } from './stack';

const app = new App();
new PublicWithCertificatesStack(app, 'PublicCodeInterpreter', {
  certificateSecretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:proxy-root-certificate-AbCdEf',
  env: { account: '111122223333', region: 'us-east-1' },
});
