/** @needs Python */
import type { Execution, Sandbox } from '../../../lib/local/sandbox/sandbox';
import { SandboxFactory } from '../../../lib/local/sandbox/sandbox-factory';
import { describeWithAndWithoutSandbox } from '../../support/requirements';
import { testPython, until } from '../emulator/support';

describeWithAndWithoutSandbox('a session', (isolation) => {
  let factory: SandboxFactory;
  let sandbox: Sandbox;

  beforeAll(async () => {
    factory = await SandboxFactory.create({ python: await testPython(), isolation });
    sandbox = factory.make('SANDBOX');
    await sandbox.ready();
  });
  afterAll(async () => {
    await sandbox.kill();
    await factory.close();
  });

  const never = new AbortController().signal;
  const python = (code: string, signal = never) =>
    sandbox.executeCode({ interpreter: 'python', language: 'python', clearContext: false }, code, signal);
  const exists = (name: string) => sandbox.files.list('').then((files) => files.some((file) => file.name === name));

  /** Starts code and interrupts it once it runs. */
  async function interrupted(code: string): Promise<Execution> {
    const abort = new AbortController();
    const running = python(`open('running', 'w').close()\n${code}`, abort.signal);
    await until(() => exists('running'));
    abort.abort();
    const execution = await running;
    await sandbox.files.remove('running');
    return execution;
  }

  test('interrupts code that takes too long, and keeps its variables', async () => {
    await python('kept = 5');
    const { exitCode, stderr } = await interrupted('import time\nwhile True: time.sleep(0.1)');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('KeyboardInterrupt') });
    expect((await python('kept')).stdout).toBe('5\n');
  });

  test('kills code that ignores interrupts, and starts afresh', async () => {
    const { died } = await interrupted(
      'import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nopen("deaf", "w").close()\nwhile True: time.sleep(0.1)',
    );
    expect(died).toBe('SIGKILL');
    expect((await python('1 + 1')).stdout).toBe('2\n');
  });

  test('ends a command with all that it started', async () => {
    const abort = new AbortController();
    const running = sandbox.executeCommand('touch busy; (sleep 3141) & sleep 3141', abort.signal);
    await until(() => exists('busy'));
    abort.abort();
    expect((await running).exitCode).not.toBe(0);
    await until(async () => (await sandbox.executeCommand('pgrep -f "sleep 314[1]"', never)).exitCode !== 0);
  });

  test('keeps what was interrupted before it began from running', async () => {
    const abort = new AbortController();
    abort.abort();
    expect((await sandbox.executeCommand('sleep 1; touch late', abort.signal)).exitCode).not.toBe(0);
    expect(await exists('late')).toBe(false);
  });
});
