#!/usr/bin/env node
import { isBuiltin } from 'node:module';
import { program } from '../lib/local/cli/program';
import { standardError } from '../lib/local/terminal';
import { version } from '../package.json';

// What the local S3 keeps objects in; Node.js has it, without a flag, from this version on.
if (!isBuiltin('node:sqlite')) {
  standardError.lines(
    `agentcore-local needs Node.js 22.13 or newer; this is ${process.version}. ` +
      'Where no newer one can be installed: npm install --save-dev node@24, and run it through npx.',
  );
  process.exit(1);
}

program()
  .version(version)
  .parseAsync()
  .catch((error: unknown) => {
    standardError.text(`agentcore-local: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  });
