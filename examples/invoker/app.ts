import { App } from 'aws-cdk-lib';
import { InvokerStack } from './stack';

const app = new App();
new InvokerStack(app, 'CodeInterpreterInvoker');
