/** @needs Python */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { testPython } from '../../local/emulator/support';

const run = promisify(execFile);
const DRIVER = join(__dirname, '../../../lib/runtime/batch/in-session/python');
const FETCH = `
import sys
sys.path.insert(0, ${JSON.stringify(DRIVER)})
from analysis_driver.transfer import download
download(sys.argv[1], sys.argv[2])
`;

describe('what a driver fetches by a URL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'download-test-'));

  afterAll(() => rmSync(folder, { recursive: true }));

  /** Fetches from a server whose answers end early, so many times. */
  async function fetch(cut: number): Promise<{ requests: number; content?: string; error?: string }> {
    let requests = 0;
    const server = createServer((_request, response) => {
      requests++;
      response.writeHead(200, { 'content-length': 10, connection: 'close' });
      if (requests <= cut) {
        response.write('01234', () => response.socket?.end());
      } else {
        response.end('0123456789');
      }
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/object?X-Amz-Signature=secret`;
    const path = join(folder, 'file');
    try {
      await run(await testPython(), ['-c', FETCH, path, url]);
      return { requests, content: readFileSync(path, 'utf8') };
    } catch (error) {
      return { requests, error: String((error as { stderr?: string }).stderr) };
    } finally {
      server.close();
    }
  }

  test('is fetched again where the answer has ended early: a part is never taken for the whole', async () => {
    expect(await fetch(1)).toEqual({ requests: 2, content: '0123456789' });
  });

  test('is given up after three times, without telling the URL, which is a permission', async () => {
    const { requests, error } = await fetch(9);
    expect(requests).toBe(3);
    expect(error).toContain('OSError: file could not be fetched: the answer ended after 5 of 10 bytes');
    expect(error).not.toContain('secret');
  });
});
