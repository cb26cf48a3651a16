/** @needs Python */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithAndWithoutSandbox } from '../../support/requirements';
import { EmulatorProcess } from './process';
import { TestClient, testPython, until } from './support';

describeWithAndWithoutSandbox('an emulator', (isolation) => {
  let workDirectory: string;

  beforeEach(() => {
    workDirectory = mkdtempSync(join(tmpdir(), 'agentcore-test-'));
  });
  afterEach(() => rmSync(workDirectory, { recursive: true, force: true }));

  /** Processes whose command line or environment mentions the work directory. */
  function processes(): string[] {
    return readdirSync('/proc').filter((pid) => {
      try {
        const about =
          /^\d+$/.test(pid) && Number(pid) !== process.pid
            ? ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8'))
            : [];
        return about.join(' ').includes(`${workDirectory}/`);
      } catch {
        return false;
      }
    });
  }

  async function startWithWork(): Promise<{ server: EmulatorProcess; client: TestClient }> {
    const server = await EmulatorProcess.start({ workDirectory, isolation, python: await testPython() });
    const client = new TestClient(server);
    const session = await client.start();
    // In the middle of work, while another session is starting.
    client.python(session, 'import time; open("busy", "w"); time.sleep(600)').catch(() => {});
    await client.call(session, 'startCommandExecution', { command: 'sleep 600' });
    await until(async () => (await client.command(session, 'test -e busy')).isError === false);
    client.start().catch(() => {});
    return { server, client };
  }

  test('leaves no process and no folder behind when it stops', async () => {
    const { server } = await startWithWork();
    expect(await server.stop()).toBe(0);
    await until(() => processes().length === 0);
    expect(readdirSync(workDirectory)).toEqual([]);
  });

  test('leaves none behind after kill -9 and a restart', async () => {
    const { server } = await startWithWork();
    await server.kill();
    const next = await EmulatorProcess.start({ workDirectory, isolation });
    const client = new TestClient(next);
    await client.command(await client.start(), 'true');
    await until(() => readdirSync(workDirectory).length === 1);
    await next.stop();
    await until(() => processes().length === 0);
    expect(readdirSync(workDirectory)).toEqual([]);
  });
});
