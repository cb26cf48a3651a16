/**
 * What grouping items is worth: the same small items through one session each, and through sessions of many, at the same
 * concurrency, with the latencies and quotas of the service. In one run, on this machine.
 *
 *   npm run bench:batch [items]
 */
import { Scratch } from '../test/support/local-batch';

const ITEMS = Number(process.argv[2] ?? 400);
const CONCURRENCY = 10;
const LATENCIES = { StartCodeInterpreterSession: 1000, InvokeCodeInterpreter: 140 };

interface Measured {
  readonly itemsPerSession: number;
  readonly seconds: number;
  readonly itemsPerSecond: number;
  readonly sessions: number;
  readonly invokesPerItem: number;
}

async function measure(itemsPerSession: number): Promise<Measured> {
  const scratch = await Scratch.make();
  try {
    scratch.synthesize('count.py', { itemsPerSession, maxConcurrency: CONCURRENCY });
    const files = Array.from({ length: ITEMS }, (_, index) => [`f${index}.csv`, 'a,b\n1,2\n']);
    const inputs = await scratch.inputs(Object.fromEntries(files));
    const { outcome, summary, sessionsStarted, invocations } = await scratch.run([inputs], {
      emulator: { latencies: LATENCIES, quotas: 'service', poolSize: CONCURRENCY },
    });
    if (outcome.status !== 'SUCCEEDED' || !summary) {
      throw new Error(`the run ended as ${outcome.status}: ${outcome.cause}`);
    }
    const seconds = summary.durationSeconds;
    return {
      itemsPerSession,
      seconds,
      itemsPerSecond: ITEMS / seconds,
      sessions: sessionsStarted,
      invokesPerItem: invocations / ITEMS,
    };
  } finally {
    await scratch.remove();
  }
}

async function main(): Promise<void> {
  const alone = await measure(1);
  const grouped = await measure(ITEMS / CONCURRENCY);
  console.table([alone, grouped].map((row) => ({ ...row, itemsPerSecond: Number(row.itemsPerSecond.toFixed(2)) })));
  console.log(`throughput: ${(grouped.itemsPerSecond / alone.itemsPerSecond).toFixed(1)} times`);
  console.log(`sessions: 1/${(alone.sessions / grouped.sessions).toFixed(0)}`);
}

void main();
