import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { StartCodeInterpreterSessionCommand } from '@aws-sdk/client-bedrock-agentcore';
import { toolSessionPrefix } from '../../../lib/contract/code-tools';
import { sessionName } from '../../../lib/contract/layout';
import { type Emulator, type FaultRule, startEmulator } from '../../../lib/local/emulator';
import { TestClient } from '../emulator/support';

const CLI = join(__dirname, '../../../packages/agentcore-local/bin/agentcore-local.js');
const INTERPRETER = 'swept-AbCdEf0123';
const LEFT_OVER = `invoker-${randomUUID()}`;
const KEPT = `invoker-kept-${randomUUID()}`;
const SALES = sessionName('bucket', 'Sales', 'run-1');
const NAMES = [LEFT_OVER, KEPT, SALES, sessionName('bucket', 'invoker', 'run-1'), undefined];

/** The command line as it is shipped, which is the AWS SDK over the emulator. */
describe('agentcore-local sweep', () => {
  let emulator: Emulator;

  async function open(faults: FaultRule[] = [], names: readonly (string | undefined)[] = NAMES): Promise<void> {
    emulator = await startEmulator({ interpreters: [{ id: INTERPRETER }], faults, poolSize: 0 });
    const client = new TestClient(emulator);
    for (const name of names) {
      await client.send(new StartCodeInterpreterSessionCommand({ codeInterpreterIdentifier: INTERPRETER, name }));
    }
    client.destroy();
  }

  afterEach(() => emulator?.stop());

  function sweep(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const { AWS_ACCESS_KEY_ID, AWS_REGION, ...env } = process.env;
    const all = [CLI, 'sweep', '--interpreter', INTERPRETER, '--endpoint', emulator.endpoint, ...args];
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        all,
        { env: { ...env, AGENTCORE_LOCAL_TOKEN: emulator.token } },
        (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  }

  const running = () =>
    emulator.sessions().flatMap(({ status, name }) => (status === 'READY' ? [name ?? 'without a name'] : []));

  test("stops the invoker's sessions that are old enough, and leaves those that are kept, and others'", async () => {
    await open();
    const { code, stdout } = await sweep('--older-than', '0s');
    expect(stdout).toMatch(
      /^[0-9A-Z]{26} {2}invoker-[0-9a-f-]{36} {2}started \d{4}-\S+Z: stopped\n1 of 5 running sessions orphaned: 1 stopped\n$/,
    );
    expect(code).toBe(0);
    expect(running().sort()).toEqual([SALES, KEPT, NAMES[3], 'without a name']);
  });

  test('leaves sessions younger than 20 minutes alone by default', async () => {
    await open();
    const { code, stdout } = await sweep();
    expect({ code, stdout }).toEqual({ code: 0, stdout: '0 of 5 running sessions orphaned: 0 stopped\n' });
    expect(running()).toHaveLength(5);
  });

  test('only tells what it would stop with --dry-run', async () => {
    await open();
    const { stdout } = await sweep('--older-than', '0s', '--dry-run');
    expect(stdout).toMatch(/invoker-.*: would be stopped\n1 of 5 running sessions orphaned\n$/);
    expect(running()).toHaveLength(5);
  });

  test('stops the sessions of batches that are named', async () => {
    await open();
    const { stdout } = await sweep('--older-than', '0s', '--batch', 'Sales', '--batch', 'Other');
    expect(stdout).toContain('2 of 5 running sessions orphaned: 2 stopped\n');
    expect(running()).not.toContain(SALES);
  });

  test('stops the sessions of tools that are named, and not of tools whose names begin alike', async () => {
    const other = `${toolSessionPrefix('analyst-2')}${randomUUID()}`;
    await open([], [`${toolSessionPrefix('analyst')}${randomUUID()}`, other]);
    const { stderr } = await sweep('--tool', 'analyst');
    expect(stderr).toContain('--tool needs --older-than');
    const { stdout } = await sweep('--older-than', '0s', '--tool', 'analyst');
    expect(stdout).toContain('1 of 2 running sessions orphaned: 1 stopped\n');
    expect(running()).toEqual([other]);
  });

  test('says so where a session cannot be stopped', async () => {
    await open([{ kind: 'serverError', operation: 'StopCodeInterpreterSession' }]);
    const { code, stdout } = await sweep('--older-than', '0s');
    expect(stdout).toMatch(/invoker-.*: could not be stopped: InternalServerException: /);
    expect(stdout).toContain('1 of 5 running sessions orphaned: 0 stopped, 1 could not be stopped\n');
    expect(code).toBe(1);
  });

  test.each([
    [['--older-than', 'soon'], 'It must be a number with s, m or h, such as 20m.'],
    [['--batch', 'Sales'], '--batch needs --older-than, longer than a run takes'],
    [
      ['--interpreter', 'no-such-interpreter-0123456789'],
      'Code interpreter no-such-interpreter-0123456789 was not found',
    ],
  ])('%j: says what is wrong', async (args, message) => {
    await open();
    const { code, stderr } = await sweep(...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(1);
  });
});
