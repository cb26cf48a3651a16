/**
 * Many small items in one run: every one accounted for once, and no session left. Prints how long it took.
 *
 *   npm run bench:many [items] [items per session]
 */
import { Scratch } from '../test/support/local-batch';

const [ITEMS = 10_000, ITEMS_PER_SESSION = 250] = process.argv.slice(2).map(Number);

async function main(): Promise<void> {
  const scratch = await Scratch.make();
  try {
    scratch.synthesize('count.py', { itemsPerSession: ITEMS_PER_SESSION, maxConcurrency: 4 });
    const files = Array.from({ length: ITEMS }, (_, index) => [`f${String(index).padStart(6, '0')}.csv`, 'a\n']);
    const inputs = await scratch.inputs(Object.fromEntries(files));
    const { outcome, summary, sessionsStarted, sessionsLeft } = await scratch.run([inputs]);
    console.log(`${outcome.status}: ${JSON.stringify(summary?.counts)} in ${summary?.durationSeconds.toFixed(0)} s`);
    console.log(
      `${(await scratch.itemResults()).size} results, ${sessionsStarted} sessions, ${sessionsLeft} left open`,
    );
  } finally {
    await scratch.remove();
  }
}

void main();
