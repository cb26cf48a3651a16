import { App } from 'aws-cdk-lib';
import { GatewayToolStack } from './stack';

const app = new App();
new GatewayToolStack(app, 'CodeInterpreterGatewayTool');
