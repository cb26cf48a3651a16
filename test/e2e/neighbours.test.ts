import type { ItemResult } from '../../lib/contract/batch-item';
import { Scratch } from '../support/local-batch';

/** What an item may leave, and what it is told: an error or a warning by name, with the reason. */
const POISONS: Record<string, { error?: [name: string, message: RegExp]; warning?: [code: string, message: RegExp] }> =
  {
    'row-nested': { error: ['RowInvalid', /^result\.json .*nested more than 500 levels deep$/] },
    'row-invalid': { error: ['RowInvalid', /^result\.json must hold one JSON object: /] },
    'row-list': { error: ['RowInvalid', /found an array$/] },
    'row-nan': { warning: ['ValuesBecameNull', /^result\.json: 1 value became null/] },
    'name-not-utf8': { error: ['OutputUnreadable', /^output\/caf\\xe9\.csv: the name is not UTF-8$/] },
    'path-too-long': {
      error: ['OutputUnreadable', /: the path has 1211 bytes, more than the \d+ that its key in S3 /],
    },
    'folders-without-end': { warning: ['FilesOutsideOutput', /: deeper$/] },
    'special-files': {
      warning: [
        'SpecialFiles',
        /: output\/link \(link\), output\/loop \(link\), output\/pipe \(named pipe\), output\/socket \(socket\)$/,
      ],
    },
    'sparse-file': { error: ['OutputUnreadable', /^output\/sparse\.bin: it has 6000000000 bytes, more than /] },
    'many-files': { error: ['OutputUnreadable', /^output\/ has 20000 files, more than the 1000 /] },
    'without-rights': {
      error: ['OutputUnreadable', /^output\/closed\/: the folder cannot be read: Permission denied$/],
    },
    'driver-overwritten': {},
    'process-left-behind': {},
    'streams-closed': {},
    'beside-output': { warning: ['FilesOutsideOutput', /: beside\.txt$/] },
  };
const NAMES = Object.keys(POISONS);

/** Each poison has an innocent item before and after it, in the same groups of the same session. */
describe('what an item leaves is its own outcome', () => {
  let scratch: Scratch;
  let results: Map<string, ItemResult>;
  let sessions: number;

  beforeAll(async () => {
    scratch = await Scratch.make();
    scratch.synthesize('poison.py', { toleratedFailurePercentage: 100, itemsPerSession: 100, maxConcurrency: 1 });
    // The order of the items is that of the names of their folders.
    const files = NAMES.flatMap((name, index) => {
      const number = String(index).padStart(2, '0');
      return [`${number}a/innocent.csv`, `${number}b/${name}.csv`];
    });
    const inputs = await scratch.inputs(Object.fromEntries([...files, 'zz/innocent.csv'].map((name) => [name, 'x'])));
    const run = await scratch.run([inputs], { isolation: 'require' });
    sessions = run.sessionsStarted;
    results = await scratch.itemResultsByKey();
  }, 300_000);

  afterAll(() => scratch.remove());

  test.each(NAMES)('%s', (name) => {
    const [, result] = [...results].find(([key]) => key.endsWith(`/${name}.csv`)) ?? [];
    const { error, warning } = POISONS[name] ?? {};
    expect(result?.status).toBe(error ? 'failed' : 'succeeded');
    if (error) {
      expect(result?.error).toMatchObject({ name: error[0], message: expect.stringMatching(error[1]) });
    }
    if (warning) {
      expect(result?.warnings).toEqual([{ code: warning[0], message: expect.stringMatching(warning[1]) }]);
    } else {
      expect(result?.warnings).toBeUndefined();
    }
  });

  test('its neighbours succeed, in the one session that all share', () => {
    const innocents = [...results].filter(([key]) => key.endsWith('/innocent.csv'));
    expect(innocents).toHaveLength(NAMES.length + 1);
    for (const [key, { status, row, error }] of innocents) {
      expect({ key, status, row, error }).toEqual({ key, status: 'succeeded', row: { fine: true }, error: undefined });
    }
    expect(sessions).toBe(1);
  });
});
