import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saveAgentFile } from '../../../lib/local/agent/saved-file';

let folder: string;
let server: Server;
let address: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saved-file-'));
  server = createServer((request, response) => {
    response.writeHead(request.url === '/there' ? 200 : 403).end('content');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const file = (path: string, url?: string) => ({ path, contentType: 'image/png', bytes: 7, url });

test('a file is saved below the folder, with the folders of its path', async () => {
  const saved = await saveAgentFile(file('charts/a.png', `${address}/there`), folder);
  expect(saved).toEqual({ path: join(folder, 'charts/a.png'), bytes: 7 });
  expect(await readFile(join(folder, 'charts/a.png'), 'utf8')).toBe('content');
});

test('a file without a link is in the answer already', async () => {
  expect(await saveAgentFile(file('notes.txt'), folder)).toBeUndefined();
});

test.each(['../up.png', 'a/../../up.png', '..', ''])('a path outside of the folder is refused: "%s"', async (path) => {
  const before = await readdir(join(folder, '..'));
  await expect(saveAgentFile(file(path, `${address}/there`), folder)).rejects.toThrow(
    `the agent's file "${path}" would be outside of ${folder}`,
  );
  expect((await readdir(join(folder, '..'))).includes('up.png')).toBe(before.includes('up.png'));
});

test('a link that has expired is told', async () => {
  await expect(saveAgentFile(file('a.png', `${address}/gone`), folder)).rejects.toThrow(
    'the agent\'s file "a.png" could not be fetched: HTTP 403',
  );
});
