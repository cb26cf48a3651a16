import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { bearer, TestClient } from '../local/emulator/support';
import { agentcoreLocal, CommandLine } from '../support/command-line';

const run = promisify(execFile);

/** Whoever else is logged in reaches the loopback ports of this machine, and sees its list of processes. */
describe('another user of the machine and agentcore-local serve', () => {
  let folder: string;
  let served: CommandLine | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'serve-test-'));
  });
  afterEach(async () => {
    served?.signal('SIGTERM');
    await served?.ended();
    served = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  const find = (pattern: RegExp) => pattern.exec(served?.stdout ?? '')?.[1] ?? '';

  async function serve(args: string[] = [], env: NodeJS.ProcessEnv = {}) {
    served = new CommandLine(folder, ['serve', '--port', '0', '--python', '/usr/bin/python3', ...args], env);
    await served.prints('Metrics: ');
    const endpoint = find(/local: (http:\S+)/);
    return {
      endpoint,
      s3Endpoint: find(/AWS_ENDPOINT_URL_S3=(\S+)/),
      secret: find(/AWS_SECRET_ACCESS_KEY=(\S+)/),
      credentials: {
        accessKeyId: find(/AWS_ACCESS_KEY_ID=(\S+)/),
        secretAccessKey: find(/AWS_SECRET_ACCESS_KEY=(\S+)/),
      },
      file: join(folder, '.agentcore/serve', `${new URL(endpoint).port}.token`),
    };
  }

  test('gets nowhere without the token that serve prints, which opens the emulator and its S3', async () => {
    const { endpoint, s3Endpoint, credentials } = await serve();
    const stranger = { accessKeyId: credentials.accessKeyId, secretAccessKey: 'local' };
    await expect(new TestClient({ endpoint, credentials: stranger }).start()).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    const buckets = (keys: typeof stranger) =>
      new S3Client({ endpoint: s3Endpoint, region: 'us-east-1', credentials: keys, forcePathStyle: true }).send(
        new ListBucketsCommand(),
      );
    await expect(buckets(stranger)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    for (const path of ['/status.json', '/events', '/metrics', '/files.json', '/code-interpreters/x']) {
      expect((await fetch(`${endpoint}${path}`)).status).toBe(403);
    }
    for (const path of ['/', '/bucket', '/bucket/key', '/health', '/_fauxqs/queues']) {
      expect((await fetch(`${s3Endpoint}${path}`)).status).toBe(403);
    }
    await expect(new TestClient({ endpoint, credentials }).start()).resolves.toMatch(/\w{26}/);
    await expect(buckets(credentials)).resolves.toMatchObject({ Buckets: [] });
    expect((await fetch(`${endpoint}/status.json`, { headers: bearer({ credentials }) })).status).toBe(200);
  });

  test('cannot read the file that holds the token; it goes when the server does', async () => {
    const { file, secret } = await serve();
    expect(readFileSync(file, 'utf8').trim()).toBe(secret);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
    served?.signal('SIGTERM');
    await served?.ended();
    expect(existsSync(file)).toBe(false);
  });

  test('finds neither the token nor a key in the list of processes, while code runs', async () => {
    const { endpoint, credentials, secret } = await serve();
    const client = new TestClient({ endpoint, credentials });
    const session = await client.start();
    const shown = await client.command(session, 'echo $AWS_SECRET_ACCESS_KEY');
    const sessionSecret = String(shown.structuredContent?.stdout).trim();
    expect(sessionSecret).toMatch(/^[\w-]{40}$/);
    const running = client.command(session, 'sleep 60').catch(() => {});
    const exec = agentcoreLocal(folder, ['exec', '--command', 'sleep 3', '--endpoint', endpoint]);
    await client.command(session, 'sleep 1');
    const { stdout: processes } = await run('ps', ['-eww', '-o', 'args']);
    expect(processes).toContain('sleep 60');
    expect(processes).not.toContain(secret);
    expect(processes).not.toContain(sessionSecret);
    expect((await exec).code).toBe(0);
    await client.stop(session);
    await running;
  });

  test('a session has a key of its own, which opens the S3 alone', async () => {
    const { endpoint, s3Endpoint, credentials } = await serve();
    const client = new TestClient({ endpoint, credentials });
    const { structuredContent } = await client.command(
      await client.start(),
      'echo $AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY',
    );
    const [accessKeyId = '', secretAccessKey = ''] = String(structuredContent?.stdout).trim().split(' ');
    const ofSession = { accessKeyId, secretAccessKey };
    await expect(new TestClient({ endpoint, credentials: ofSession }).start()).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    const s3 = new S3Client({
      endpoint: s3Endpoint,
      region: 'us-east-1',
      credentials: ofSession,
      forcePathStyle: true,
    });
    await expect(s3.send(new ListBucketsCommand())).resolves.toMatchObject({ Buckets: [] });
  });

  test('the token may be named in the environment, which exec and sweep read as well', async () => {
    const AGENTCORE_LOCAL_TOKEN = 'a-token-of-this-test';
    const { endpoint, secret, file } = await serve([], { AGENTCORE_LOCAL_TOKEN });
    expect(secret).toBe(AGENTCORE_LOCAL_TOKEN);
    const args = ['exec', '--command', 'echo here', '--endpoint', endpoint];
    expect(await agentcoreLocal(folder, args)).toMatchObject({ code: 0, stdout: 'here\n' });
    await rm(file);
    const refused = await agentcoreLocal(folder, args);
    expect(refused.stderr).toContain('set AGENTCORE_LOCAL_TOKEN to the one that serve has printed');
    expect(refused.code).toBe(1);
    expect(await agentcoreLocal(folder, args, { AGENTCORE_LOCAL_TOKEN })).toMatchObject({ code: 0, stdout: 'here\n' });
  });

  test('a token that could be guessed is refused', async () => {
    const { code, stderr } = await agentcoreLocal(folder, ['serve'], { AGENTCORE_LOCAL_TOKEN: 'short' });
    expect(stderr).toContain('AGENTCORE_LOCAL_TOKEN must be 16 to 128 letters');
    expect(code).toBe(1);
  });

  test('--no-token says what it means, and is for this machine only', async () => {
    const { endpoint } = await serve(['--no-token']);
    expect(served?.stdout).toContain('WARNING: no token is asked for: every user of this machine can run code as you.');
    expect((await fetch(`${endpoint}/status.json`)).status).toBe(200);
    const wide = await agentcoreLocal(folder, ['serve', '--no-token', '--host', '0.0.0.0', '--port', '0']);
    expect(wide.stderr).toContain('Listening on 0.0.0.0, which others can reach, needs a token');
    expect(wide.code).toBe(1);
  });
});
