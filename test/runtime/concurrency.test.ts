import { setTimeout as sleep } from 'node:timers/promises';
import { mapConcurrently } from '../../lib/runtime/concurrency';

test('a call that fails while an earlier one is waited for fails the whole in its turn, and is never unhandled', async () => {
  const unhandled: unknown[] = [];
  const listen = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', listen);
  try {
    const work = async (value: number) => {
      await sleep(value === 1 ? 50 : 1);
      if (value > 1) {
        throw new Error(`no ${value}`);
      }
      return value;
    };
    const done: number[] = [];
    const all = async () => {
      for await (const value of mapConcurrently([1, 2, 3], 3, work)) {
        done.push(value);
      }
    };
    await expect(all()).rejects.toThrow('no 2');
    await sleep(10);
    expect(done).toEqual([1]);
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', listen);
  }
});
