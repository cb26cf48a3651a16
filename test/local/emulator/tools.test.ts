/** @needs Python */
// biome-ignore-all lint/style/noExcessiveLinesPerFile: all of it shares one emulator and session, which take long to start.
import type { Emulator } from '../../../lib/local/emulator';
import { startForTest, type TestClient, until } from './support';

describe('tools, through the AWS SDK', () => {
  let emulator: Emulator;
  let client: TestClient;
  let session: string;

  beforeAll(async () => {
    ({ emulator, client } = await startForTest());
    session = await client.start({ name: 'tools' });
  });
  afterAll(() => emulator.stop());

  describe('executeCode in Python', () => {
    test('answers in the shape of live captures', async () => {
      expect(await client.python(session, "print('Hello')")).toEqual({
        content: [{ type: 'text', text: 'Hello' }],
        structuredContent: { stdout: 'Hello', stderr: '', exitCode: 0, executionTime: expect.any(Number) },
        isError: false,
      });
    });

    test('strips one trailing newline only', async () => {
      expect((await client.python(session, "print('a\\n\\n')")).structuredContent?.stdout).toBe('a\n\n');
    });

    test('shows the value of the last expression without a prompt', async () => {
      expect((await client.python(session, 'x = 20\nx + 22')).content).toEqual([{ type: 'text', text: '42' }]);
    });

    test('keeps variables across calls until the context is cleared', async () => {
      await client.python(session, 'kept = 1');
      expect((await client.python(session, 'kept')).structuredContent?.stdout).toBe('1');
      const cleared = await client.python(session, "'kept' in globals()", true);
      expect(cleared.structuredContent?.stdout).toBe('False');
    });

    test('answers an exception with an IPython traceback, without colours', async () => {
      const { isError, structuredContent, content } = await client.python(session, 'def f():\n    1 / 0\nf()');
      expect(isError).toBe(true);
      expect(structuredContent).toMatchObject({ stdout: '', exitCode: 1 });
      expect(structuredContent?.stderr).toMatch(
        /^-+\nZeroDivisionError +Traceback \(most recent call last\)\nCell In\[\d+\], line 3\n/,
      );
      expect(structuredContent?.stderr).toMatch(/\nZeroDivisionError: division by zero$/);
      expect(structuredContent?.stderr).not.toContain('\u001b');
      expect(content).toEqual([{ type: 'text', text: structuredContent?.stderr }]);
    });

    test('puts stdout before stderr in the content', async () => {
      const { content } = await client.python(session, "import sys\nprint('err', file=sys.stderr)\nprint('out')");
      expect(content).toEqual([
        { type: 'text', text: 'out' },
        { type: 'text', text: 'err' },
      ]);
    });

    test('captures what child processes and C code print', async () => {
      const code =
        "import os, subprocess\nos.write(1, b'low\\n')\nsubprocess.run(['echo', 'child'])\nos.system('echo shell >&2');";
      expect((await client.python(session, code)).structuredContent).toMatchObject({
        stdout: 'low\nchild',
        stderr: 'shell',
      });
    });

    test('gives back shown figures as images', async () => {
      const { content, isError } = await client.python(
        session,
        'import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()',
      );
      expect(isError).toBe(false);
      expect(content?.map(({ type, mimeType }) => [type, mimeType])).toEqual([['image', 'image/png']]);
      expect(
        Buffer.from(content?.[0]?.data ?? [])
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG');
    });

    test('leaves figures that are not shown open', async () => {
      const code = 'import matplotlib.pyplot as plt\nplt.figure(7)\nplt.get_fignums()';
      expect((await client.python(session, code)).structuredContent?.stdout).toBe('[7]');
    });

    test('survives a kernel that dies, and says that its variables are lost', async () => {
      const died = await client.python(session, 'import os; os._exit(7)');
      expect(died).toMatchObject({
        isError: true,
        structuredContent: { exitCode: 7, stderr: expect.stringMatching(/variables are lost/) },
      });
      expect((await client.python(session, '1+1')).structuredContent?.stdout).toBe('2');
    });

    test('keeps child processes that code forks apart from the kernel', async () => {
      const code =
        "import os\npid = os.fork()\nif pid == 0:\n    print('child', flush=True)\nelse:\n    os.waitpid(pid, 0)\n    print('parent')";
      expect((await client.python(session, code)).structuredContent?.stdout).toBe('child\nparent');
      expect((await client.python(session, '1+1')).structuredContent?.stdout).toBe('2');
    });

    test('takes the code given to sys.exit as the exit code', async () => {
      expect((await client.python(session, 'import sys; sys.exit(5)')).structuredContent).toMatchObject({
        exitCode: 5,
      });
      expect(await client.python(session, 'import sys; sys.exit()')).toMatchObject({ isError: false });
      expect((await client.python(session, '1+1')).structuredContent?.stdout).toBe('2');
    });

    test('runs one execution after another, and commands beside them', async () => {
      const first = client.python(
        session,
        'import time\nopen("started", "w").close()\nwhile not __import__("os").path.exists("go"): time.sleep(0.01)\norder = ["first"]',
      );
      const second = client.python(session, 'order + ["second"]');
      await until(async () => !(await client.command(session, 'test -e started && touch go')).isError);
      await first;
      expect((await second).structuredContent?.stdout).toBe("['first', 'second']");
    });

    test('says so when a package of the service is missing here', async () => {
      const { structuredContent } = await client.python(session, 'import xgboost');
      expect(structuredContent?.stderr).toMatch(
        /ModuleNotFoundError: No module named 'xgboost'\n+Note of the local emulator/,
      );
    });

    test('gives long output whole', async () => {
      const { structuredContent } = await client.python(session, "print('x' * 20_000_000)");
      expect(structuredContent?.stdout?.length).toBe(20_000_000);
    });

    test('handles text of all planes', async () => {
      expect((await client.python(session, "print('é 日本 🎉')")).structuredContent?.stdout).toBe('é 日本 🎉');
    });
  });

  describe('executeCode in JavaScript and TypeScript', () => {
    const run = (language: 'javascript' | 'typescript', code: string, runtime?: 'deno' | 'nodejs') =>
      client.call(session, 'executeCode', { language, code, runtime });

    test('runs in Deno unless told otherwise, and keeps state across calls', async () => {
      await run('typescript', 'let count: number = 41');
      const { structuredContent } = await run('javascript', 'count += 1; console.log(count, typeof Deno)');
      expect(structuredContent).toMatchObject({ stdout: '42 object', exitCode: 0 });
    });

    test('answers an exception in Deno with its stack', async () => {
      const { isError, structuredContent } = await run('typescript', "throw new TypeError('no')");
      expect(isError).toBe(true);
      expect(structuredContent).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(/^Uncaught TypeError: no\n {4}at/),
      });
    });

    test('answers a syntax error in Deno', async () => {
      expect(await run('typescript', 'const x: = 1')).toMatchObject({
        isError: true,
        structuredContent: { stderr: expect.stringContaining('SyntaxError') },
      });
    });

    test('runs JavaScript as CommonJS in Node.js', async () => {
      const { structuredContent } = await run(
        'javascript',
        "console.log(typeof require('node:fs').readFileSync)",
        'nodejs',
      );
      expect(structuredContent).toMatchObject({ stdout: 'function', exitCode: 0 });
    });

    test('runs TypeScript as an ES module in Node.js', async () => {
      const code = "import { sep } from 'node:path'; const s: string = await Promise.resolve(sep); console.log(s)";
      expect((await run('typescript', code, 'nodejs')).structuredContent).toMatchObject({ stdout: '/', exitCode: 0 });
    });

    test('passes on the exit code of Node.js', async () => {
      expect((await run('javascript', 'process.exit(5)', 'nodejs')).structuredContent?.exitCode).toBe(5);
    });
  });

  describe('executeCommand', () => {
    test('runs in the working directory of the files', async () => {
      await client.call(session, 'writeFiles', { content: [{ path: 'here.txt', text: 'yes' }] });
      expect((await client.command(session, 'cat here.txt')).content).toEqual([{ type: 'text', text: 'yes' }]);
    });

    test('answers a non-zero exit as an error, stderr apart', async () => {
      expect(await client.command(session, 'echo out; echo err >&2; exit 3')).toEqual({
        content: [
          { type: 'text', text: 'out' },
          { type: 'text', text: 'err' },
        ],
        structuredContent: { stdout: 'out', stderr: 'err', exitCode: 3, executionTime: expect.any(Number) },
        isError: true,
      });
    });

    test('answers no output with no content', async () => {
      expect((await client.command(session, 'true')).content).toEqual([]);
    });

    test('ends what it left in the background', async () => {
      await client.command(session, 'nohup sleep 1234 > /dev/null 2>&1 &');
      const left = await until(
        async () => (await client.command(session, 'pgrep -f "sleep 123[4]" || echo none')).structuredContent?.stdout,
      );
      expect(left).toBe('none');
    });
  });

  describe('files', () => {
    test('writes and reads text and binary, encoded once', async () => {
      const binary = Buffer.from([0, 1, 254, 255]);
      const written = await client.call(session, 'writeFiles', {
        content: [
          { path: 'files/a/table.csv', text: 'x,y\n1,ü\n' },
          { path: 'files/b.bin', blob: binary },
        ],
      });
      expect(written).toEqual({ content: [{ type: 'text', text: 'Successfully wrote all 2 files' }], isError: false });
      expect((await client.command(session, 'wc -c < files/b.bin')).structuredContent?.stdout).toBe('4');
      const read = await client.call(session, 'readFiles', { paths: ['files/a/table.csv', './files//b.bin'] });
      expect(
        read.content?.map(({ resource }) => ({ ...resource, blob: resource?.blob && Buffer.from(resource.blob) })),
      ).toEqual([
        { type: 'text', uri: 'file:///files/a/table.csv', mimeType: 'text/csv', text: 'x,y\n1,ü\n', blob: undefined },
        { type: 'blob', uri: 'file:///files/b.bin', mimeType: 'application/octet-stream', blob: binary },
      ]);
    });

    test('lets code change what was written', async () => {
      await client.call(session, 'writeFiles', { content: [{ path: 'files/grow.txt', text: 'a' }] });
      await client.command(session, 'printf b >> files/grow.txt && mkdir files/sub && touch files/sub/x');
      const { content } = await client.call(session, 'readFiles', { paths: ['files/grow.txt'] });
      expect(content?.[0]?.resource?.text).toBe('ab');
    });

    test('overwrites a longer file wholly', async () => {
      await client.call(session, 'writeFiles', { content: [{ path: 'files/short.txt', text: 'long text' }] });
      await client.call(session, 'writeFiles', { content: [{ path: 'files/short.txt', text: 's' }] });
      expect(
        (await client.call(session, 'readFiles', { paths: ['files/short.txt'] })).content?.[0]?.resource?.text,
      ).toBe('s');
    });

    test('lists one level', async () => {
      await client.call(session, 'writeFiles', {
        content: [
          { path: 'listed/log/x.txt', text: '' },
          { path: 'listed/t.csv', text: '1' },
        ],
      });
      const { content } = await client.call(session, 'listFiles', { directoryPath: 'listed' });
      expect(content).toEqual([
        { type: 'resource_link', uri: 'file:///listed/log', name: 'log', description: 'Directory' },
        {
          type: 'resource_link',
          uri: 'file:///listed/t.csv',
          name: 't.csv',
          description: 'File',
          mimeType: 'text/csv',
          size: 1,
        },
      ]);
    });

    test('lists the working directory for the empty path', async () => {
      const { content } = await client.call(session, 'listFiles', { directoryPath: '' });
      expect(content?.map(({ name }) => name)).toContain('files');
    });

    test('removes files and folders', async () => {
      await client.call(session, 'writeFiles', {
        content: [
          { path: 'gone/deep/x', text: '' },
          { path: 'gone2', text: '' },
        ],
      });
      const removed = await client.call(session, 'removeFiles', { paths: ['gone', 'gone2'] });
      expect(removed).toEqual({
        content: [{ type: 'text', text: 'Successfully removed all 2 files' }],
        isError: false,
      });
      expect((await client.command(session, 'ls -d gone*')).isError).toBe(true);
    });

    test('answers what cannot be done as an error that names the file, and does the rest', async () => {
      await client.call(session, 'writeFiles', { content: [{ path: 'there', text: 'x' }] });
      const { content, isError } = await client.call(session, 'readFiles', { paths: ['missing', 'there'] });
      expect(isError).toBe(true);
      expect(content).toEqual([
        { type: 'resource', resource: { type: 'text', uri: 'file:///there', mimeType: 'text/plain', text: 'x' } },
        { type: 'text', text: 'missing: No such file or directory' },
      ]);
      expect(await client.call(session, 'removeFiles', { paths: ['missing'] })).toMatchObject({ isError: true });
      expect(await client.call(session, 'listFiles', { directoryPath: 'missing' })).toMatchObject({ isError: true });
    });

    test.each(['/etc/hostname', '../x', 'a/../../x', '', '.', 'a\0b'])('refuses the path %j', async (path) => {
      expect(await client.call(session, 'readFiles', { paths: [path] })).toMatchObject({ isError: true });
      expect(await client.call(session, 'writeFiles', { content: [{ path, text: 'x' }] })).toMatchObject({
        isError: true,
      });
      expect(await client.call(session, 'removeFiles', { paths: [path] })).toMatchObject({ isError: true });
    });
  });

  describe('asynchronous commands', () => {
    const status = async (taskId?: string) => (await client.call(session, 'getTask', { taskId })).structuredContent;

    test('go from submitted to completed', async () => {
      const submitted = await client.call(session, 'startCommandExecution', { command: 'echo done' });
      expect(submitted.structuredContent).toEqual({
        taskId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        taskStatus: 'submitted',
        stdout: '',
        stderr: '',
      });
      const { taskId } = submitted.structuredContent ?? {};
      const ended = await until(async () => {
        const found = await status(taskId);
        return found?.taskStatus === 'working' ? undefined : found;
      });
      expect(ended).toMatchObject({ taskId, taskStatus: 'completed', stdout: 'done', exitCode: 0 });
    });

    test('fail with a non-zero exit', async () => {
      const { structuredContent } = await client.call(session, 'startCommandExecution', { command: 'exit 4' });
      const ended = await until(async () => {
        const found = await status(structuredContent?.taskId);
        return found?.taskStatus === 'failed' && found;
      });
      expect(ended.exitCode).toBe(4);
    });

    test('can be canceled, which ends their processes', async () => {
      const { structuredContent } = await client.call(session, 'startCommandExecution', {
        command: 'sleep 4321; echo late',
      });
      const taskId = structuredContent?.taskId;
      expect((await status(taskId))?.taskStatus).toBe('working');
      const stopped = await client.call(session, 'stopTask', { taskId });
      expect(stopped.content).toEqual([{ type: 'text', text: 'Successfully canceled a command execution task' }]);
      expect((await status(taskId))?.taskStatus).toBe('canceled');
      await until(async () => (await client.command(session, 'pgrep -f "sleep 432[1]"')).isError);
      await expect(client.call(session, 'stopTask', { taskId })).rejects.toMatchObject({ name: 'ConflictException' });
    });

    test('that are unknown are not found', async () => {
      await expect(client.call(session, 'getTask', { taskId: 'none' })).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      });
    });
  });
});
