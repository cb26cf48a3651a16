/** @needs Python */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Emulator } from '../../../lib/local/emulator';
import { pythonWith } from '../../support/python-packages';
import { describeWith } from '../../support/requirements';
import { startForTest } from './support';

const run = promisify(execFile);
const PACKAGES = ['boto3==1.44.5', 'bedrock-agentcore==1.25.0', 'strands-agents-tools==0.8.10'];

describe('published clients, unmodified', () => {
  let emulator: Emulator;
  let environment: NodeJS.ProcessEnv;

  beforeAll(async () => {
    ({ emulator } = await startForTest());
    environment = {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: emulator.endpoint,
      AWS_ENDPOINT_URL_BEDROCK_AGENTCORE_CONTROL: emulator.endpoint,
      AWS_ACCESS_KEY_ID: emulator.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: emulator.credentials.secretAccessKey,
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
    };
  }, 300_000);
  afterAll(() => emulator.stop());

  test('the npm package bedrock-agentcore', async () => {
    const { stdout } = await run(process.execPath, [join(__dirname, 'clients.mjs')], { env: environment });
    const seen = JSON.parse(stdout);
    expect(seen.hello).toContain('Hello');
    expect(seen.state).toContain('42');
    expect(seen.script).toContain('4');
    expect(seen.command).toContain('out');
    expect(seen.read).toContain('x,y');
    expect(seen.listed).toContain('a.csv');
    expect(seen.status).toBe('READY');
  });

  describeWith('PyPI', 'in Python', () => {
    test('boto3, and the Python packages bedrock-agentcore and strands-agents-tools', async () => {
      const { stdout } = await run(await pythonWith('clients', PACKAGES), [join(__dirname, 'clients.py')], {
        env: environment,
      });
      const seen = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
      expect(seen.boto3).toEqual({
        hello: [{ type: 'text', text: 'Hello' }],
        events: 1,
        blob: [0, 255],
        error: true,
        png: 'PNG',
        task: 'task',
        missing: 'ResourceNotFoundException',
        names: ['fromBoto'],
        status: 'TERMINATED',
      });
      expect(seen.agentcore).toEqual({
        first: false,
        second: [{ type: 'text', text: '42' }],
        text: 'a,b\n1,2\n',
        binary: [0, 254],
        command: 'a,b\n1,2',
        cleared: [{ type: 'text', text: 'False' }],
      });
      expect(seen.strands).toMatchObject({
        started: 'success',
        written: 'success',
        listed: expect.stringContaining('t.txt'),
      });
      expect(JSON.stringify(seen.strands.hello)).toContain('Hi');
    }, 300_000);
  });
});
