import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { confirmUnsandboxed } from '../../../lib/local/cli/confirm-unsandboxed';
import { startEmulator } from '../../../lib/local/emulator';
import { mayRunUnsandboxed, rememberUnsandboxed } from '../../../lib/local/sandbox/unsandboxed-consent';
import { agentcoreLocal } from '../../support/command-line';
import { TestClient } from '../emulator/support';

describe('isolation', () => {
  const environment = { ...process.env };
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'agentcore-isolation-'));
    delete process.env.AGENTCORE_LOCAL_UNSANDBOXED;
    process.env.XDG_STATE_HOME = folder;
  });
  afterEach(() => {
    process.env = { ...environment };
    rmSync(folder, { recursive: true });
  });

  describe('where bubblewrap is missing', () => {
    beforeEach(() => {
      process.env.PATH = '/nonexistent';
    });

    test.each([
      ['auto', /^There is no sandbox: bubblewrap .* is not installed\. Install bubblewrap .* --isolation off/],
      ['require', /^A sandbox is required, but bubblewrap .* is not installed\. Install bubblewrap/],
    ] as const)('%s starts nothing, and says what to do', async (isolation, message) => {
      await expect(startEmulator({ isolation })).rejects.toThrow(message);
      await expect(startEmulator({ isolation })).rejects.toThrow('apt-get install bubblewrap');
    });

    test('require starts nothing, whoever has agreed', async () => {
      process.env.AGENTCORE_LOCAL_UNSANDBOXED = 'allow';
      rememberUnsandboxed();
      await expect(startEmulator({ isolation: 'require' })).rejects.toThrow(/required/);
    });

    test.each([
      ['by the environment', () => Object.assign(process.env, { AGENTCORE_LOCAL_UNSANDBOXED: 'allow' })],
      ['for this folder', () => rememberUnsandboxed()],
    ])('auto goes without a sandbox where that was agreed to %s, and says so', async (_how, agree) => {
      agree();
      const emulator = await startEmulator();
      process.env.PATH = environment.PATH;
      try {
        expect(emulator.isolation).toMatchObject({ mode: 'none', reason: 'bubblewrap (bwrap) is not installed' });
        expect(emulator.isolation.notSandboxed.join('\n')).toMatch(
          /every file that you can[\s\S]*the metadata address/,
        );
        const client = new TestClient(emulator);
        expect((await client.command(await client.start(), 'echo works')).structuredContent?.stdout).toBe('works');
      } finally {
        await emulator.stop();
      }
    });

    test('does not take an answer for another folder', async () => {
      rememberUnsandboxed('/somewhere/else');
      await expect(startEmulator()).rejects.toThrow(/There is no sandbox/);
    });

    describe('a terminal', () => {
      const terminal = (answer: string, interactive = true) => {
        const questions: string[] = [];
        const ask = async (question: string) => {
          questions.push(question);
          return answer;
        };
        return { interactive, ask, questions };
      };

      test('is asked once for each folder', async () => {
        const asked = terminal('y');
        await confirmUnsandboxed('auto', asked);
        await confirmUnsandboxed('auto', asked);
        expect(asked.questions).toEqual([expect.stringContaining(`Run code of ${process.cwd()} without a sandbox`)]);
        expect(mayRunUnsandboxed()).toBe(true);
      });

      test.each(['', 'n', 'what?'])('that answers %j gets nothing run', async (answer) => {
        await expect(confirmUnsandboxed('auto', terminal(answer))).rejects.toThrow('Nothing was run');
        expect(mayRunUnsandboxed()).toBe(false);
      });

      test.each(['off', 'require'] as const)('is not asked with isolation %s', async (isolation) => {
        const asked = terminal('n');
        await confirmUnsandboxed(isolation, asked);
        expect(asked.questions).toEqual([]);
      });

      test('is not asked where there is none', async () => {
        const asked = terminal('n', false);
        await confirmUnsandboxed('auto', asked);
        expect(asked.questions).toEqual([]);
      });
    });

    test('the command line fails without a terminal, and runs with --isolation off', async () => {
      const without = { PATH: '/nonexistent', AGENTCORE_LOCAL_UNSANDBOXED: '', XDG_STATE_HOME: folder };
      const script = join(folder, 'hello.mjs');
      writeFileSync(script, 'console.log("hello")');
      const refused = await agentcoreLocal(folder, ['exec', script], without);
      expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('There is no sandbox') });
      const ran = await agentcoreLocal(folder, ['exec', script, '--isolation', 'off'], {
        ...without,
        PATH: environment.PATH,
      });
      expect(ran).toMatchObject({ code: 0, stdout: 'hello\n' });
    });
  });

  test('can be switched off', async () => {
    const emulator = await startEmulator({ isolation: 'off' });
    expect(emulator.isolation).toMatchObject({ mode: 'none', reason: 'isolation was switched off' });
    await emulator.stop();
  });

  test.each([
    ['ftp://127.0.0.1:4566', /URL like http/],
    ['http://127.0.0.1', /port of at least 1024/],
    ['http://10.0.0.1:9000', /loopback address/],
  ])('refuses the S3 endpoint %s', async (s3Endpoint, message) => {
    await expect(startEmulator({ s3Endpoint, isolation: 'off' })).rejects.toThrow(message);
  });
});
