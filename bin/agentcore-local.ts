#!/usr/bin/env node
import { program } from '../lib/local/cli/program';

const OLDEST_NODE = 22;

const [major = '0'] = process.versions.node.split('.');
if (Number(major) < OLDEST_NODE) {
  process.stderr.write(
    `agentcore-local needs Node.js ${OLDEST_NODE} or newer; this is ${process.version}. ` +
      'Where no newer one can be installed: npm install --save-dev node@24, and run it through npx.\n',
  );
  process.exit(1);
}

program()
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`agentcore-local: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  });
