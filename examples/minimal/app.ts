import { App } from 'aws-cdk-lib';
import { MinimalStack } from './stack';

const app = new App();
new MinimalStack(app, 'MinimalCodeInterpreter');
