/** @needs Python */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvokeCodeInterpreterCommand, StartCodeInterpreterSessionCommand } from '@aws-sdk/client-bedrock-agentcore';
import { type Emulator, startEmulator } from '../../../lib/local/emulator';
import { inspectPython } from '../../../lib/local/sandbox/programs';
import { hostilePython, hostileShell } from '../../support/hostile-code';
import { describeWith } from '../../support/requirements';
import { TestClient, testPython, until } from '../emulator/support';

const MEGABYTE = 1024 ** 2;

describeWith('bubblewrap', 'code in a sandboxed session', () => {
  let emulator: Emulator;
  let client: TestClient;
  let session: string;
  let secretServer: Server;
  let secretPort: number;
  let s3: Server;

  const listen = (server: Server) =>
    new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  const output = async (command: string) => (await client.command(session, command)).structuredContent;
  const python = async (code: string) => (await client.python(session, code)).structuredContent;

  beforeAll(async () => {
    secretServer = createServer((_request, response) => response.end('secret of the host'));
    secretPort = await listen(secretServer);
    s3 = createServer((request, response) => response.end(`S3 has ${request.headers.host}${request.url}`));
    const s3Port = await listen(s3);
    process.env.SECRET_OF_THIS_TEST = 'visible';
    emulator = await startEmulator({
      python: await testPython(),
      isolation: 'require',
      s3Endpoint: `http://127.0.0.1:${s3Port}`,
      interpreters: [{ id: 'open-0123456789', networkMode: 'PUBLIC' }],
      publicHosts: [`127.0.0.1:${secretPort}`],
      limits: { diskBytes: 64 * MEGABYTE, memoryBytes: 1024 * MEGABYTE, processes: 100 },
    });
    client = new TestClient(emulator);
    session = await client.start();
  });
  afterAll(async () => {
    delete process.env.SECRET_OF_THIS_TEST;
    await emulator.stop();
    secretServer.close();
    s3.close();
  });

  describe('files of the host', () => {
    test('sees no home, no work and no secrets of the host', async () => {
      const { prefixes } = await inspectPython(await testPython());
      const paths = [
        process.env.HOME,
        '/home',
        '/etc/shadow',
        '/etc/hostname',
        '/var/lib',
        '/sys',
        '/boot',
        process.cwd(),
      ];
      const code = `
import os
paths, visible = ${JSON.stringify(paths)}, ${JSON.stringify(prefixes)}
for path in paths:
    # What leads to Python itself is there.
    names = [os.path.join(path, name) for name in os.listdir(path)] if os.path.isdir(path) else [path] * os.path.exists(path)
    print(*[name for name in names if not any(f'{one}/'.startswith(f'{name}/') for one in visible)], end='')`;
      expect(await python(code)).toMatchObject({ stdout: '', exitCode: 0 });
    });

    test('sees nothing of the environment of the emulator', async () => {
      expect((await output('env; cat /proc/*/environ 2>/dev/null | tr "\\0" "\\n"'))?.stdout).not.toMatch(
        /SECRET_OF_THIS_TEST|AWS_SESSION_TOKEN/,
      );
    });

    test('sees no process of the host', async () => {
      const { stdout = '' } = (await output('cat /proc/[0-9]*/cmdline | tr "\\0" " "')) ?? {};
      expect(stdout).toContain('agent.cjs');
      expect(stdout).not.toContain('jest');
    });

    test('can write nowhere but in its own folders', async () => {
      const found = await output(
        'for d in / /usr /etc /opt/agentcore /run/agentcore/s3 /var /proc/sys/kernel; do touch $d/x 2>/dev/null && echo $d; done; true',
      );
      expect(found?.stdout).toBe('');
    });

    test('cannot change the Python that sessions share', async () => {
      expect((await python("import sys, os\nopen(os.path.join(sys.prefix, 'x'), 'w')"))?.stderr).toContain(
        'Read-only file system',
      );
    });

    test('is nobody, without capabilities, and cannot become more', async () => {
      const found = await output(
        'id -u; grep -E "^(CapEff|CapPrm|NoNewPrivs)" /proc/self/status; unshare -Ur true; mount -t tmpfs x /tmp; chroot / true',
      );
      expect(found?.stdout).toBe('1000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nNoNewPrivs:\t1');
      expect(found?.stderr?.split('\n').length).toBeGreaterThanOrEqual(3);
    });

    test("does not see other sessions' files and processes", async () => {
      const other = await client.start();
      await client.call(other, 'writeFiles', { content: [{ path: 'other-secret.txt', text: 'x' }] });
      await client.call(other, 'startCommandExecution', { command: 'sleep 2718' });
      const found = await output(
        'find /session /tmp /run /dev/shm /opt -name other-secret.txt 2>/dev/null; cat /proc/[0-9]*/cmdline | tr "\\0" " " | grep -c "sleep 271[8]"; true',
      );
      expect(found?.stdout).toBe('0');
    });
  });

  describe('file tools, against links that code plants', () => {
    test('follow none out of the working directory', async () => {
      await output(
        'ln -sfn / root; ln -sfn /etc/passwd passwd; mkdir -p d; ln -sfn ../.. d/up; ln -sfn /session/home home',
      );
      for (const path of ['root/etc/passwd', 'passwd', 'd/up/home', 'home/x', 'root/proc/1/environ']) {
        const read = await client.call(session, 'readFiles', { paths: [path] });
        expect({ path, content: read.content?.map(({ type }) => type), isError: read.isError }).toEqual({
          path,
          content: ['text'],
          isError: true,
        });
        expect(await client.call(session, 'writeFiles', { content: [{ path, text: 'x' }] })).toMatchObject({
          isError: true,
        });
      }
      expect(await client.call(session, 'listFiles', { directoryPath: 'root' })).toMatchObject({ isError: true });
    });

    test('remove a link and not what it points to', async () => {
      await output(
        'mkdir -p kept && touch kept/file && ln -sfn kept link && mkdir -p tree && ln -sfn ../kept tree/link',
      );
      await client.call(session, 'removeFiles', { paths: ['link', 'tree'] });
      expect((await output('ls kept link tree 2>&1; true'))?.stdout).toContain('file');
    });

    test('are not led astray while folders and links change places', async () => {
      const racing = client.call(session, 'startCommandExecution', {
        command:
          'mkdir -p race real; echo inside > real/passwd; while true; do ln -sfn /etc race/dir; rm race/dir; cp -r real race/dir; rm -r race/dir; done',
      });
      const { structuredContent } = await racing;
      const texts = new Set<string | undefined>();
      for (let round = 0; round < 300; round += 1) {
        const { content } = await client.call(session, 'readFiles', { paths: ['race/dir/passwd'] });
        texts.add(content?.[0]?.resource?.text);
      }
      await client.call(session, 'stopTask', { taskId: structuredContent?.taskId });
      expect([...texts].filter((text) => text !== undefined && text !== '' && text !== 'inside\n')).toEqual([]);
    });

    test('do not wait for the other end of a pipe, nor read devices', async () => {
      await output('mkfifo -m 666 pipe 2>/dev/null; true');
      expect(await client.call(session, 'readFiles', { paths: ['pipe'] })).toMatchObject({ isError: true });
      expect(await client.call(session, 'writeFiles', { content: [{ path: 'pipe', text: 'x' }] })).toMatchObject({
        isError: true,
      });
    });
  });

  describe('the network of a SANDBOX session', () => {
    test('reaches S3, at its own URL', async () => {
      const url = '__import__("os").environ["AWS_ENDPOINT_URL_S3"] + "/bucket/key"';
      expect(
        (await python(hostilePython(`import urllib.request\nprint(urllib.request.urlopen(${url}).read().decode())`)))
          ?.stdout,
      ).toMatch(/^S3 has 127\.0\.0\.1:\d+\/bucket\/key$/);
    });

    test("reaches neither the host's loopback ports, nor the metadata address, nor the internet, nor a name server", async () => {
      const code = hostilePython(`
import socket
for host, port in [('127.0.0.1', ${secretPort}), ('169.254.169.254', 80), ('1.1.1.1', 443), ('8.8.8.8', 53), ('10.0.2.2', 80)]:
    try:
        socket.create_connection((host, port), timeout=3)
        print('reached', host)
    except OSError as error:
        pass
try:
    print('resolved', socket.getaddrinfo('example.com', 80))
except OSError:
    pass
for kind in [(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP), (socket.AF_PACKET, socket.SOCK_RAW, 0)]:
    try:
        print('raw', socket.socket(*kind))
    except OSError:
        pass`);
      expect(await python(code)).toMatchObject({ stdout: '', stderr: '', exitCode: 0 });
    });

    test('has no way out through the socket of another mode', async () => {
      expect((await output('ls /run/agentcore'))?.stdout).toBe('output\ns3');
    });
  });

  describe('the network of a PUBLIC session', () => {
    let open: string;
    const fetchThroughProxy = async (url: string) => {
      const code = hostilePython(`
import urllib.request, os
proxy = urllib.request.ProxyHandler({'http': os.environ['http_proxy']})
os.environ['no_proxy'] = ''
try:
    print(urllib.request.build_opener(proxy).open('${url}', timeout=10).read().decode())
except Exception as error:
    print(type(error).__name__, getattr(error, 'code', ''), error.read().decode() if hasattr(error, 'read') else error)`);
      const sent = await client.send(
        new InvokeCodeInterpreterCommand({
          codeInterpreterIdentifier: 'open-0123456789',
          sessionId: open,
          name: 'executeCode',
          arguments: { code, language: 'python' },
        }),
      );
      for await (const { result } of sent.stream ?? []) {
        return result?.structuredContent?.stdout ?? '';
      }
      return '';
    };

    beforeAll(async () => {
      const started = await client.send(
        new StartCodeInterpreterSessionCommand({ codeInterpreterIdentifier: 'open-0123456789' }),
      );
      open = started.sessionId ?? '';
    });

    test('gets out through the proxy', async () => {
      expect(await fetchThroughProxy(`http://127.0.0.1:${secretPort}/`)).toBe('secret of the host');
    });

    test.each([
      'http://127.0.0.1:1/',
      'http://localhost:1/',
      'http://169.254.169.254/latest/',
      'http://[::1]:1/',
      'http://10.0.0.1/',
      'http://0.0.0.0:1/',
    ])('does not get to %s', async (url) => {
      expect(await fetchThroughProxy(url)).toMatch(/403 sessions do not reach .*: it is /);
    });
  });

  describe('limits', () => {
    test('stop a 20 GB allocation', async () => {
      expect((await python(hostilePython('x = bytearray(20 * 1024 ** 3)')))?.stderr).toContain('MemoryError');
      expect((await python('1 + 1'))?.stdout).toBe('2');
    });

    test('stop many processes that together take too much memory', async () => {
      const code = hostilePython(`
import os, time
for _ in range(4):
    if os.fork() == 0:
        hog = bytearray(400 * 1024 ** 2)
        for i in range(0, len(hog), 4096): hog[i] = 1
        time.sleep(60)
        os._exit(0)
killed = 0
for _ in range(2):
    _, status = os.wait()
    killed += os.WIFSIGNALED(status)
print(killed)
_ = os.system('pkill -9 -P ' + str(os.getpid()))`);
      expect((await python(code))?.stdout).toBe('2');
    });

    test('stop a fork bomb, and the session lives on', async () => {
      const bomb = await client.command(
        session,
        hostileShell('bomb() { bomb | bomb & }; bomb 2>/dev/null; sleep 1; true'),
      );
      expect(bomb.structuredContent?.exitCode).toEqual(expect.any(Number));
      await until(async () => (await client.command(session, 'true')).isError === false);
      await until(async () => (await python('1 + 1'))?.stdout === '2');
    });

    test('stop a full disk at its size', async () => {
      const found = await output(hostileShell('dd if=/dev/zero of=big bs=1M count=100 2>&1; rm big'));
      expect(found?.stdout).toMatch(/No space left on device|File too large/);
      const blob = Buffer.alloc(65 * MEGABYTE);
      const written = await client.call(session, 'writeFiles', { content: [{ path: 'big', blob }] });
      expect(written).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('No space left') }] });
      await client.call(session, 'removeFiles', { paths: ['big'] });
    });

    test('end a kernel that ignores interrupts, at the end of the session', async () => {
      const stubborn = await client.start();
      const running = client.python(
        stubborn,
        'import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nopen("stubborn", "w")\nwhile True: time.sleep(1)',
      );
      const failure = expect(running).rejects.toMatchObject({ name: 'ConflictException' });
      await until(async () => (await client.command(stubborn, 'test -e stubborn')).isError === false);
      await client.stop(stubborn);
      await failure;
    });
  });
});
