/** @needs Python */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findDeno } from '../../../lib/local/sandbox/programs';
import { testPython } from '../../local/emulator/support';
import { signalProcess } from '../../support/process-tree';

const DRIVERS = join(__dirname, '../../../lib/runtime/batch/in-session');
const execute = promisify(execFile);

describe('what a driver waits for has an end', () => {
  /** A session's working directory, with both drivers in it. */
  let session: string;

  beforeEach(() => {
    session = mkdtempSync(join(tmpdir(), 'driver-test-'));
    mkdirSync(join(session, '.analysis/in'), { recursive: true });
    cpSync(join(DRIVERS, 'driver.py'), join(session, '.analysis/driver.py'));
    cpSync(join(DRIVERS, 'driver.deno.js'), join(session, '.analysis/driver.js'));
  });

  afterEach(() => rmSync(session, { recursive: true }));

  async function inPython(call: string, spec: object): Promise<unknown> {
    const code = `import sys; sys.path.insert(0, ".analysis"); import driver; driver.${call}(sys.argv[1])`;
    const { stdout } = await execute(await testPython(), ['-c', code, JSON.stringify(spec)], { cwd: session });
    return answerIn(stdout);
  }

  async function inDeno(call: string, spec: object, before = ''): Promise<unknown> {
    const deno = findDeno();
    if (!deno) {
      throw new Error('the tests need the package deno');
    }
    const code = `${before}\nconst { ${call} } = await import("./.analysis/driver.js"); await ${call}(${JSON.stringify(spec)});`;
    writeFileSync(join(session, 'call.js'), code);
    const { stdout } = await execute(deno, ['run', '--quiet', '--allow-all', 'call.js'], { cwd: session });
    return answerIn(stdout);
  }

  const answerIn = (stdout: string): unknown => JSON.parse(/^#m#(.*)$/m.exec(stdout)?.[1] ?? 'null');

  describe('an object of the set-up that does not come', () => {
    let server: Server;
    let spec: object;

    beforeEach(async () => {
      server = createServer((_request, response) => {
        response.writeHead(200, { 'content-length': 10 });
        response.write('01234');
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/object?X-Amz-Signature=secret`;
      spec = { marker: '#m#', timeoutSeconds: 1, objects: [{ path: 'prices.csv', url }] };
    });

    afterEach(() => {
      server.closeAllConnections();
      server.close();
    });

    const late = {
      error: { message: 'prices.csv could not be fetched in the time that there was', detail: '' },
    };

    test('is waited for as long as the set-up may take, in Python', async () => {
      expect(await inPython('set_up', spec)).toEqual(late);
    });

    test('is waited for as long as the set-up may take, in Deno', async () => {
      expect(await inDeno('setUp', spec)).toEqual(late);
    });
  });

  test('an item that has ended is over, also when what it left running still holds its output open, in Deno', async () => {
    writeFileSync(join(session, '.analysis/in/1'), 'x');
    const leaves =
      'new Deno.Command("sh", { args: ["-c", "sleep 600 & echo $!"], stdout: "inherit", stderr: "inherit" }).outputSync();';
    writeFileSync(join(session, '.analysis/script.js'), leaves);
    const items = [{ id: '1', input: 'a', parameters: {}, inputFile: '1' }];
    const limits = { timeoutSeconds: 60, budgetSeconds: 60, largeBytes: 1e6, archiveBytes: 1e6 };
    const answer = await inDeno('run', { marker: '#m#', script: 'script.js', ...limits, items });
    signalProcess(Number(readFileSync(join(session, '.analysis/out.bin'), 'utf8')), 'SIGTERM');
    expect(answer).toMatchObject({ items: [{ id: '1', exitCode: 0 }] });
  });

  test('a URL, which is a permission, is not told where fetching it fails, in Deno', async () => {
    const url = 'https://staging.example/object?X-Amz-Signature=secret';
    const spec = { marker: '#m#', timeoutSeconds: 30, objects: [{ path: 'prices.csv', url }] };
    // As versions of Deno before 2.9 say it.
    const fails = "globalThis.fetch = async (url) => { throw new TypeError('error sending request for url ' + url); };";
    expect(await inDeno('setUp', spec, fails)).toEqual({
      error: { message: 'prices.csv could not be fetched: error sending request for url its URL', detail: '' },
    });
  });
});
