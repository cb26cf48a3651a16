#!/usr/bin/env node
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { ReferenceStack } from './reference-stack';

const app = new App();

// Without an account in it, the stack deploys into whichever account and Region the credentials are for.
new ReferenceStack(app, 'AgentCoreCodeInterpreter', {
  description: 'An AgentCore code interpreter with an invoker and a batch analysis',
  script: join(__dirname, '../examples/vega-datasets', app.node.tryGetContext('script') ?? 'analysis.py'),
});
