#!/usr/bin/env node
// Written for old versions of Node.js too, so that they get the message rather than a syntax error.
const { existsSync } = require('node:fs');
const { builtinModules, isBuiltin = (name) => builtinModules.includes(name) } = require('node:module');
const { join } = require('node:path');

const program = join(__dirname, '../dist/agentcore-local.js');

// The local S3 keeps objects in SQLite; Node.js has it, without a flag, from this version on.
if (!isBuiltin('node:sqlite')) {
  process.stderr.write(
    `agentcore-local needs Node.js 22.13 or newer; this is ${process.version}. ` +
      'If you cannot install a newer one: npm install --save-dev node@24, and run agentcore-local through npx.\n',
  );
  process.exit(1);
}
if (!existsSync(program)) {
  process.stderr.write('agentcore-local is not built: run "npm run bundle" in the checkout.\n');
  process.exit(1);
}
require(program);
