import { App } from 'aws-cdk-lib';
import { ParameterGridStack } from './stack';

const app = new App();
new ParameterGridStack(app, 'ParameterGrid');
