import { App } from 'aws-cdk-lib';
import { ResultsInAthenaStack } from './stack';

const app = new App();
new ResultsInAthenaStack(app, 'ResultsInAthena');
