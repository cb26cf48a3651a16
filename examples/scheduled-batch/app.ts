import { App } from 'aws-cdk-lib';
import { ScheduledBatchStack } from './stack';

const app = new App();
new ScheduledBatchStack(app, 'ScheduledBatch', { email: process.env.NOTICE_EMAIL });
