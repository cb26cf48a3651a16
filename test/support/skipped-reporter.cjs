const { readFileSync } = require('node:fs');
const { relative } = require('node:path');
const { extract, parse } = require('jest-docblock');

/**
 * Says at the end of a test run what could not be tested on this machine, and why: a skipped test is easily overlooked. The
 * last line has the figures of the run.
 */
module.exports = class SkippedReporter {
  onRunComplete(_contexts, results) {
    // Jest's own summary comes after all other reporters; these lines are to be the last.
    process.once('exit', () => this.print(results));
  }

  print({ testResults, numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites }) {
    for (const [reason, names] of skippedSuites(testResults)) {
      const count = names.length === 1 ? '1 test' : `${names.length} tests`;
      process.stderr.write(`Not tested here: ${count}, ${reason}\n`);
      for (const name of new Set(names)) {
        process.stderr.write(`  ${name}\n`);
      }
    }
    if (numRuntimeErrorTestSuites > 0) {
      process.stderr.write(`${numRuntimeErrorTestSuites} test files could not be run\n`);
    }
    process.stderr.write(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped\n`);
  }
};

/** The suites of skipped tests, a name for each test, by the reason. */
function skippedSuites(testResults) {
  const missing = JSON.parse(process.env.AGENTCORE_TEST_MISSING ?? '{}');
  const suites = new Map();
  for (const { testFilePath, testResults: tests } of testResults) {
    const file = relative(process.cwd(), testFilePath);
    for (const { ancestorTitles } of tests.filter(({ status }) => status === 'pending')) {
      const [, title, titled] = /^(.*) \[skipped: (.+)\]$/.exec(ancestorTitles.join(' ')) ?? [];
      const reason = titled ?? reasonOfFile(testFilePath, missing) ?? 'not selected, or skipped by the test itself';
      const name = titled === undefined ? file : `${file}: ${title}`;
      suites.set(reason, [...(suites.get(reason) ?? []), name]);
    }
  }
  return suites;
}

function reasonOfFile(testFilePath, missing) {
  const needs = [parse(extract(readFileSync(testFilePath, 'utf8'))).needs ?? []].flat();
  const need = needs.find((each) => missing[each] !== undefined);
  return need === undefined ? undefined : `needs ${need}: ${missing[need]}`;
}
