/** @needs Python */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beginningOf } from '../../../lib/local/sandbox/process-record';
import { signalProcess } from '../../support/process-tree';
import { type DriverLanguage, DriverSession } from './driver-session';

describe.each<DriverLanguage>(['python', 'typescript'])('what a driver waits for has an end, in %s', (language) => {
  let session: DriverSession;

  afterEach(() => session.remove());

  describe('an object of the setup that does not come', () => {
    let server: Server;
    let url: string;

    beforeEach(async () => {
      server = createServer((_request, response) => {
        response.writeHead(200, { 'content-length': 10 });
        response.write('01234');
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/object?X-Amz-Signature=secret`;
    });

    afterEach(() => {
      server.closeAllConnections();
      server.close();
    });

    test('is waited for as long as the setup may take', async () => {
      session = new DriverSession(language);
      const spec = { marker: '#m#', timeoutSeconds: 1, objects: [{ path: 'prices.csv', url }] };
      expect(await session.setUp(spec)).toEqual({
        error: { message: 'prices.csv could not be fetched in the time that there was', detail: '' },
      });
    });
  });

  test('an item that has ended is over, also when what it left running still holds its output open', async () => {
    const leaves =
      language === 'python'
        ? 'import subprocess\nsubprocess.Popen(["sh", "-c", "sleep 600 & echo $!"]).wait()'
        : 'new Deno.Command("sh", { args: ["-c", "sleep 600 & echo $!"], stdout: "inherit", stderr: "inherit" }).outputSync();';
    session = new DriverSession(language, leaves);
    const [record] = await session.run(session.spec(['1']));
    expect(record).toMatchObject({ id: '1', exitCode: 0 });
    const left = Number(record && session.stdoutOf(record));
    expect(left).toBeGreaterThan(1);
    if (language === 'python') {
      // Python's driver ends all that an item leaves.
      expect(beginningOf(left)).toBeUndefined();
    } else {
      signalProcess(left, 'SIGTERM');
    }
  });
});

test('a URL, which is a permission, is not told where fetching it fails, in Deno', async () => {
  const session = new DriverSession('typescript');
  const url = 'https://staging.example/object?X-Amz-Signature=secret';
  const spec = { marker: '#m#', timeoutSeconds: 30, objects: [{ path: 'prices.csv', url }] };
  // As versions of Deno before 2.9 say it.
  const fails = "globalThis.fetch = async (url) => { throw new TypeError('error sending request for url ' + url); };";
  expect(await session.setUp(spec, fails)).toEqual({
    error: { message: 'prices.csv could not be fetched: error sending request for url its URL', detail: '' },
  });
  session.remove();
});
