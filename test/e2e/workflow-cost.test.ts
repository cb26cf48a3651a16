/** @needs Python */
import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { AnalysisScript } from '../../lib';
import type { ExecutionOutcome } from '../../lib/local/runner/states/services';
import { SCRIPTS, Scratch } from '../support/local-batch';

/** The figures of docs/scale.md: state transitions and calls of Lambdas. */
describe('what the workflow costs', () => {
  let scratch: Scratch;

  beforeEach(async () => {
    scratch = await Scratch.make();
  });

  afterEach(() => scratch.remove());

  /** The states that the execution and its children entered. */
  async function run(names: string[]): Promise<{ parent: string[]; children: string[][] }> {
    const children: ExecutionOutcome[] = [];
    const files = Object.fromEntries(names.map((name) => [name, 'x\n']));
    const { outcome } = await scratch.run([await scratch.inputs(files)], {
      listener: { childEnded: (_, ended) => children.push(ended) },
      timeScale: 0.02,
    });
    expect(outcome.status).toBe('SUCCEEDED');
    return { parent: outcome.path, children: children.map(({ path }) => path) };
  }

  const calls = (path: string[]) =>
    path.filter((state) => /^(Plan|Gather|Report|Start session|Run items|Stop session)/.test(state)).length;

  test('seven transitions and three calls for the execution, and as many for each session, whatever the items', async () => {
    scratch.synthesize('count.py', { itemsPerSession: 4 });
    const { parent, children } = await run(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
    expect([parent.length, calls(parent)]).toEqual([7, 3]);
    expect(children.map((path) => [path.length, calls(path)])).toEqual([
      [7, 3],
      [7, 3],
    ]);
  });

  test('two transitions and a session more where results are combined', async () => {
    scratch.synthesize('count.py', { combine: { script: AnalysisScript.fromAsset(join(SCRIPTS, 'combine.py')) } });
    const { parent, children } = await run(['a', 'b']);
    expect(parent).toHaveLength(9);
    expect(children.map((path) => [path.length, calls(path)])).toEqual([
      [7, 3],
      [7, 3],
    ]);
  });

  test('three transitions and a call for each look at an item in the background', async () => {
    scratch.synthesize('count.py', { itemTimeout: Duration.minutes(20) });
    const { children } = await run(['sleep.csv']);
    const [path = []] = children;
    const looks = path.filter((state) => state === 'Wait for the item').length;
    // It sleeps for many of these shortened waits; how many there are is up to the machine.
    expect(looks).toBeGreaterThan(0);
    expect(path.length).toBe(7 + 3 * looks);
    expect(calls(path)).toBe(3 + looks);
  });
});
