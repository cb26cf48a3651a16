import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '../../../lib/local/emulator';
import { TestClient } from '../emulator/support';

describe('isolation', () => {
  const path = process.env.PATH;
  afterEach(() => {
    process.env.PATH = path;
  });

  test('says plainly what is not fenced where bubblewrap is missing', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'agentcore-path-'));
    process.env.PATH = empty;
    const emulator = await startEmulator();
    process.env.PATH = path;
    try {
      expect(emulator.isolation).toMatchObject({ mode: 'none', reason: 'bubblewrap (bwrap) is not installed' });
      expect(emulator.isolation.notFenced.join('\n')).toMatch(/every file that you can[\s\S]*the metadata address/);
      const client = new TestClient(emulator.endpoint);
      expect((await client.command(await client.start(), 'echo works')).structuredContent?.stdout).toBe('works');
    } finally {
      await emulator.stop();
      rmSync(empty, { recursive: true });
    }
  });

  test('refuses to run without a fence when it is required', async () => {
    process.env.PATH = '/nonexistent';
    await expect(startEmulator({ isolation: 'require' })).rejects.toThrow(/Install bubblewrap/);
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
    await expect(startEmulator({ s3Endpoint })).rejects.toThrow(message);
  });
});
