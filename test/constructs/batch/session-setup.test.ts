import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import type { BatchAnalysisProps, SessionSetup } from '../../../lib';
import { batchTemplate, propertiesOf, readable, statementsOf } from '../../support/batch-stack';

const FOLDER = join(__dirname, '../../fixtures/analyses/setup');

const templateOf = (setup: SessionSetup, props: Partial<BatchAnalysisProps> = {}) =>
  batchTemplate(() => {}, { setup, ...props });

function settingsOf(setup: SessionSetup) {
  const [worker] = propertiesOf(templateOf(setup), 'AWS::Lambda::Function', 'SalesWorker');
  return JSON.parse(worker?.Environment.Variables.BATCH_SETTINGS);
}

describe('what is done once in each session', () => {
  test.each([
    ['setup.sh', 'echo a\r\necho b\r\n', 'setup.script "setup.sh" has Windows line ends'],
    ['setup.sh', 'echo a\necho b\n', undefined],
    ['setup.py', 'print("a")\r\n', undefined],
  ])('a script %s with %j', (script, content, message) => {
    const folder = mkdtempSync(join(tmpdir(), 'setup-'));
    try {
      writeFileSync(join(folder, script), content);
      const synthesize = () => templateOf({ folder, script });
      message === undefined ? expect(synthesize).not.toThrow() : expect(synthesize).toThrow(message);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('may take five minutes, unless told otherwise; the session lives that much longer', () => {
    const { setup, sessionTimeoutSeconds } = settingsOf({ folder: FOLDER });
    expect(setup).toEqual({ folder: true, objects: [], timeoutSeconds: 300 });
    expect(sessionTimeoutSeconds).toBe(25 * 300 + 900 + 300);
    expect(settingsOf({ folder: FOLDER, timeout: Duration.minutes(1) }).setup.timeoutSeconds).toBe(60);
  });

  test('is told the worker: the script, the objects, and where the folder is', () => {
    const template = templateOf({ folder: FOLDER, script: 'setup.py', objects: ['reference/a.csv', 'tables/'] });
    const [worker] = propertiesOf(template, 'AWS::Lambda::Function', 'SalesWorker');
    const { BATCH_SETTINGS, SETUP_BUCKET, SETUP_KEY } = worker?.Environment.Variables ?? {};
    expect(JSON.parse(BATCH_SETTINGS).setup).toMatchObject({
      script: 'setup.py',
      objects: ['reference/a.csv', 'tables/'],
    });
    expect(SETUP_KEY).toMatch(/^[0-9a-f]{64}\.zip$/);
    expect(SETUP_BUCKET).toBeDefined();
  });

  test('lets the worker read these objects, the objects below these prefixes, and this asset', () => {
    const objects = ['reference/a.csv', 'tables/'];
    const before = readable(
      statementsOf(
        batchTemplate(() => {}),
        'SalesWorker',
      ),
    ) as object[];
    const after = readable(statementsOf(templateOf({ folder: FOLDER, objects }), 'SalesWorker')) as object[];
    const known = new Set(before.map((statement) => JSON.stringify(statement)));
    const added = after.filter((statement) => !known.has(JSON.stringify(statement)));
    const bucket = { 'Fn::GetAtt': ['InterpreterStagingBucket', 'Arn'] };
    const own = { StringEquals: { 's3:ResourceAccount': { Ref: 'AWS::AccountId' } } };
    const object = (path: string) => ({ 'Fn::Join': ['', [bucket, path]] });
    expect(added).toEqual([
      expect.objectContaining({
        Action: 's3:GetObject',
        Resource: { 'Fn::Join': ['', expect.arrayContaining([expect.stringMatching(/^\/[0-9a-f]{64}\.zip$/)])] },
      }),
      { Action: 's3:GetObject', Effect: 'Allow', Resource: object('/reference/a.csv'), Condition: own },
      { Action: 's3:GetObject', Effect: 'Allow', Resource: object('/tables/*'), Condition: own },
      {
        Action: 's3:ListBucket',
        Effect: 'Allow',
        Resource: bucket,
        Condition: { ...own, StringLike: { 's3:prefix': 'tables/*' } },
      },
    ]);
  });
});

describe('fails, and says what would be right', () => {
  const folder = mkdtempSync(join(tmpdir(), 'setup-test-'));

  beforeAll(() => {
    mkdirSync(join(folder, 'large'));
    writeFileSync(join(folder, 'large/data.bin'), '');
    truncateSync(join(folder, 'large/data.bin'), 50_000_001);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  test.each<[string, SessionSetup, string]>([
    ['nothing', {}, 'setup needs a folder or objects: it has nothing to put into sessions'],
    ['no folder', { folder: '/does/not/exist' }, 'setup.folder "/does/not/exist" is not a directory'],
    [
      'a file for a folder',
      { folder: join(FOLDER, 'setup.py') },
      `setup.folder "${join(FOLDER, 'setup.py')}" is not a directory`,
    ],
    [
      'too large a folder',
      { folder },
      `the files in setup.folder "${folder}" may have 50000000 bytes together; got 50000001: put the large ones into the staging bucket, and name them in setup.objects`,
    ],
    [
      'a script that is not there',
      { folder: FOLDER, script: 'other.py' },
      `setup.script must be a file in setup.folder "${FOLDER}"; got "other.py"`,
    ],
    [
      'a script beside the folder, which is not uploaded',
      { folder: FOLDER, script: '../count.py' },
      `setup.script must be a file in setup.folder "${FOLDER}"; got "../count.py"`,
    ],
    [
      'a script without a folder',
      { objects: ['a/b.csv'], script: 'setup.py' },
      'setup.script must be a file in setup.folder; got "setup.py"',
    ],
    [
      'a script that nothing runs',
      { folder: FOLDER, script: 'setup.exe' },
      'setup.script must end in one of .py, .js, .mjs, .ts, .mts, .sh; got "setup.exe"',
    ],
    [
      'a pattern for an object',
      { objects: ['reference/*.csv'] },
      'setup.objects must be keys, such as "reference/prices.parquet", or prefixes that end with "/"; got "reference/*.csv"',
    ],
    [
      'what a policy takes for a wildcard, in an object',
      { objects: ['reference/a?.csv'] },
      'or prefixes that end with "/"; got "reference/a?.csv"',
    ],
    [
      'two objects of one name',
      { objects: ['a/rates.csv', 'b/rates.csv'] },
      'setup.objects "a/rates.csv" and "b/rates.csv" would both be called "rates.csv"',
    ],
    [
      'too many objects',
      { objects: Array.from({ length: 21 }, (_, index) => `o/${index}`) },
      'setup.objects may name 20 objects or prefixes; got 21',
    ],
    [
      'too long',
      { folder: FOLDER, timeout: Duration.minutes(14) },
      'setup.timeout must be 1 second to 13 minutes, in whole seconds; got 14 minutes',
    ],
  ])('%s', (_, setup, message) => {
    expect(() => templateOf(setup)).toThrow(message);
  });

  test('a session that could not live as long as its setup and an item', () => {
    expect(() => templateOf({ folder: FOLDER }, { sessionTimeout: Duration.minutes(10) })).toThrow(
      'sessionTimeout must be at least a minute longer than setup.timeout and itemTimeout, 11 minutes; got 10 minutes',
    );
  });
});
