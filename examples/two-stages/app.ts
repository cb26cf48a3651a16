import { App } from 'aws-cdk-lib';
import { TwoStagesStack } from './stack';

const app = new App();
new TwoStagesStack(app, 'TwoStages');
