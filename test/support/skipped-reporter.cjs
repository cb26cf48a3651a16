/** Says at the end of a test run what could not be tested on this machine, and why: a skipped test is easily overlooked. */
module.exports = class SkippedReporter {
  onRunComplete(_contexts, { testResults }) {
    const counts = new Map();
    for (const { ancestorTitles, status } of testResults.flatMap((file) => file.testResults)) {
      const reason = /\[skipped: (.+)\]$/.exec(ancestorTitles.find((title) => title.includes('[skipped: ')) ?? '')?.[1];
      if (reason !== undefined && status === 'pending') {
        counts.set(reason, (counts.get(reason) ?? 0) + 1);
      }
    }
    for (const [reason, count] of counts) {
      process.stderr.write(`Not tested here: ${count} test${count === 1 ? '' : 's'}, ${reason}\n`);
    }
  }
};
