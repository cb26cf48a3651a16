// A process with a handler's bundle and nothing else in it: handles one event, tells the outcome and its peak memory.
const { randomUUID } = require('node:crypto');

async function main() {
  const { handler } = require(process.env.BENCH_HANDLER);
  const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => 900_000 };
  const outcome = await handler(JSON.parse(process.env.BENCH_EVENT), context).then(
    (answer) => ({ answer }),
    (error) => ({ error: `${error.name}: ${error.message}` }),
  );
  process.send({ ...outcome, peak: process.resourceUsage().maxRSS * 1024 }, () => process.exit());
}

main();
