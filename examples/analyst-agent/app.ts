import { App } from 'aws-cdk-lib';
import { AnalystAgentStack } from './stack';

const app = new App();
new AnalystAgentStack(app, 'AnalystAgent', { modelId: app.node.tryGetContext('modelId') ?? 'amazon.nova-pro-v1:0' });
