const { TestEnvironment } = require('jest-environment-node');

/**
 * Node.js, for test files that may say in their first comment what all of their tests need of the machine: `@needs Python`,
 * one of the requirements in requirements.ts. Where it is missing, the tests of the file are skipped, and nothing that they
 * share is set up; on CI, the file fails.
 */
module.exports = class NeedsEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    const needs = [context.docblockPragmas.needs ?? []].flat();
    const missing = JSON.parse(process.env.AGENTCORE_TEST_MISSING ?? '{}');
    this.lacks = needs.find((need) => missing[need] !== undefined);
    if (this.lacks !== undefined && process.env.CI === 'true') {
      throw new Error(`This machine has no ${this.lacks}, which CI must have: ${missing[this.lacks]}`);
    }
  }

  handleTestEvent({ name }, { rootDescribeBlock }) {
    if (name === 'run_start' && this.lacks !== undefined) {
      skipAll(rootDescribeBlock);
    }
  }
};

function skipAll(block) {
  for (const child of block.children) {
    if (child.type === 'test') {
      child.mode = 'skip';
    } else {
      skipAll(child);
    }
  }
}
