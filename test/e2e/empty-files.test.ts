/** @needs Python */
import { InvokerWorld } from '../support/invoker-world';
import { Scratch } from '../support/local-batch';

/** Whether readFiles answers an empty file with an empty block or with none is not documented: both are taken. */
describe.each([
  ['an empty block', false],
  ['no block', true],
])('where an empty file is answered with %s', (_, omitEmptyFiles) => {
  test('items that leave nothing or empty files end as they ended, in one session', async () => {
    const scratch = await Scratch.make();
    try {
      scratch.synthesize('silent.py', { toleratedFailurePercentage: 100, itemsPerSession: 10, maxConcurrency: 1 });
      const inputs = await scratch.inputs({ 'a.csv': '', 'empty-files.csv': 'x', 'raise.csv': 'x', 'z.csv': 'x' });
      const { summary } = await scratch.run([inputs], { emulator: { omitEmptyFiles } });
      expect(summary).toMatchObject({ counts: { succeeded: 3, failed: 1 }, sessions: { used: 1 } });
      const results = await scratch.itemResults();
      expect(results.get('raise.csv')?.error).toMatchObject({
        name: 'ScriptFailed',
        message: expect.stringContaining('silent until now'),
      });
      expect(results.get('empty-files.csv')?.files).toMatchObject([{ path: 'empty.txt', bytes: 0 }]);
    } finally {
      await scratch.remove();
    }
  });

  test('the invoker brings empty files back, and says nothing where nothing was printed', async () => {
    const world = await InvokerWorld.open({ omitEmptyFiles });
    try {
      const command = 'touch a.txt; echo b > b.txt';
      expect(await world.invoke({ command, outputs: ['*.txt'], timeoutSeconds: 60 })).toMatchObject({
        outcome: 'succeeded',
        stdout: '',
        files: [
          { path: 'a.txt', bytes: 0, text: '' },
          { path: 'b.txt', bytes: 2, text: 'b\n' },
        ],
      });
      const late = { code: 'import time\ntime.sleep(60)', timeoutSeconds: 1 };
      expect(await world.invoke(late)).toMatchObject({
        outcome: 'timedOut',
        stdout: '',
        stderr: expect.not.stringContaining('could not be had'),
      });
    } finally {
      await world.close();
    }
  });
});
