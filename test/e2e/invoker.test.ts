/** @needs Python */
// biome-ignore-all lint/style/noExcessiveLinesPerFile: all of it shares one Lambda, S3 and emulator, which take long to start.
import { createHash } from 'node:crypto';
import { type InvokerTarget, openTarget } from '../support/invoker-target';

/**
 * What the invoker is to do, as a table of scenarios: language, inputs, outputs, failure. They run against the bundle over
 * the emulator, or, where INVOKER_FUNCTION_NAME and INVOKER_STAGING_BUCKET are set, against that function.
 */
interface Scenario {
  /** Put into the bucket before, under `invoker/test/`. */
  readonly objects?: Record<string, string | Uint8Array>;
  readonly request: object;
  readonly answer?: object;
  readonly error?: { name: string; message: unknown };
}

const bytes = (size: number) => new Uint8Array(size).map((_, index) => (index * 7) % 256);
const sha256 = (content: Uint8Array | string) => createHash('sha256').update(content).digest('hex');
const hello = { outcome: 'succeeded', isError: false, exitCode: 0, stderr: '', sessionEnded: true };
const lateAnswer = {
  outcome: 'timedOut',
  isError: true,
  sessionEnded: true,
  stdout: 'begun ü',
  stderr: expect.stringMatching(/^warned\nran longer than its timeout of 1 seconds/),
};
const ODD_NAME = 'sub.dir/häß lich & (1) 100%.v2.csv';

const scenarios: Record<string, Scenario> = {
  'Python prints': { request: { code: 'print(6 * 7)' }, answer: { ...hello, stdout: '42' } },
  'TypeScript prints, in Deno': {
    request: { code: 'const n: number = 6; console.log(n * 7, typeof Deno)', language: 'typescript' },
    answer: { ...hello, stdout: '42 object' },
  },
  'JavaScript prints, in Node.js': {
    request: { code: 'console.log(6 * 7, typeof Deno)', language: 'javascript', runtime: 'nodejs' },
    answer: { ...hello, stdout: '42 undefined' },
  },
  'a command prints on both streams': {
    request: { command: 'echo out; echo err >&2' },
    answer: { outcome: 'succeeded', stdout: 'out', exitCode: 0 },
  },
  'Python raises: an answer with the traceback, its lines as they were written': {
    request: { code: 'x = 1\n\nraise ValueError("no such month")', environment: { A: 'b' } },
    answer: {
      outcome: 'failed',
      isError: true,
      exitCode: 1,
      sessionEnded: true,
      stderr: expect.stringMatching(/line 3[\s\S]*ValueError: no such month/),
    },
  },
  'a command fails: an answer with its exit code': {
    request: { command: 'echo bye; exit 3' },
    answer: { outcome: 'failed', isError: true, exitCode: 3, stdout: 'bye' },
  },
  'code runs longer than it may: an answer, and the session is over': {
    request: { code: 'while True: pass', timeoutSeconds: 1 },
    answer: { outcome: 'timedOut', isError: true, sessionEnded: true, stderr: expect.stringContaining('1 seconds') },
  },
  'Python runs longer than it may: what it printed until then is in the answer': {
    request: {
      code: 'import sys\nprint("begun ü")\nprint("warned", file=sys.stderr)\nwhile True: pass',
      environment: { A: 'b' },
      timeoutSeconds: 1,
    },
    answer: lateAnswer,
  },
  'TypeScript in Deno runs longer than it may: the same': {
    request: {
      code: 'const n: string = "begun ü"; console.log(n); console.warn("warned"); for (;;) {}',
      language: 'typescript',
      timeoutSeconds: 1,
    },
    answer: lateAnswer,
  },
  'JavaScript in Node.js runs longer than it may: the same': {
    request: {
      code: 'console.log("begun ü"); process.stderr.write("warned\\n"); for (;;) {}',
      language: 'javascript',
      runtime: 'nodejs',
      environment: { A: 'b' },
      timeoutSeconds: 1,
    },
    answer: lateAnswer,
  },
  'a command runs longer than it may: the same': {
    request: { command: 'echo "begun $A"; echo warned >&2; sleep 600', environment: { A: 'ü' }, timeoutSeconds: 1 },
    answer: lateAnswer,
  },
  'a command that ends in its time is not changed by having one': {
    request: { command: "cat <<'END'\nit's $HOME\nEND\nexit 124", timeoutSeconds: 600 },
    answer: { outcome: 'failed', exitCode: 124, stdout: "it's $HOME", sessionEnded: true },
  },
  'a command with a time limit sees its environment, whatever it is called': {
    request: { command: 'echo "$c $1 $0"', environment: { c: 'is c' }, timeoutSeconds: 600 },
    answer: { outcome: 'succeeded', stdout: 'is c  sh' },
  },
  'parameters do not take the place of a file': {
    request: { code: '1', parameters: {}, files: [{ path: 'parameters.json', text: '{}' }] },
    error: { name: 'InvalidRequest', message: expect.stringContaining('files.0.path: is written twice') },
  },
  'environment and parameters, in Python': {
    request: {
      code: 'import json, os\nprint(os.environ["NAME"], json.load(open("parameters.json"))["n"])',
      environment: { NAME: 'it\'s "ü" $HOME\n\\' },
      parameters: { n: [1, { a: null }] },
    },
    answer: { ...hello, stdout: "it's \"ü\" $HOME\n\\ [1, {'a': None}]" },
  },
  'environment, in JavaScript': {
    request: { code: 'console.log(process.env.NAME)', language: 'javascript', environment: { NAME: 'it\'s "ü"' } },
    answer: { ...hello, stdout: 'it\'s "ü"' },
  },
  'environment, in a command': {
    request: { command: 'printf %s "$NAME"', environment: { NAME: 'it\'s "ü" $HOME' } },
    answer: { outcome: 'succeeded', stdout: 'it\'s "ü" $HOME' },
  },
  'text, bytes and an object go in; names survive': {
    objects: { 'in.bin': bytes(300) },
    request: {
      code: [
        'import hashlib, pathlib',
        'for path in sorted(p for p in pathlib.Path(".").rglob("*") if p.is_file() and ".invoker" not in p.parts):',
        '    print(path, hashlib.sha256(path.read_bytes()).hexdigest()[:8])',
      ].join('\n'),
      files: [
        { path: ODD_NAME, text: 'ü\n', sha256: sha256('ü\n') },
        { path: 'raw', base64: 'AAEC/w==' },
        { path: 'object.bin', s3Key: 'invoker/test/in.bin', sha256: sha256(bytes(300)) },
      ],
    },
    answer: {
      ...hello,
      stdout: [
        `object.bin ${sha256(bytes(300)).slice(0, 8)}`,
        `raw ${sha256(new Uint8Array([0, 1, 2, 255])).slice(0, 8)}`,
        `${ODD_NAME} ${sha256('ü\n').slice(0, 8)}`,
      ].join('\n'),
    },
  },
  'all objects under a prefix go in, large ones too': {
    objects: { 'many/a.txt': 'a', 'many/sub/b c.txt': 'bc', 'many/large.bin': bytes(1_500_000) },
    request: {
      command: 'cd data && find . -type f | sort && wc -c < large.bin',
      files: [{ path: 'data', s3Prefix: 'invoker/test/many/' }],
    },
    answer: {
      outcome: 'succeeded',
      stdout: expect.stringMatching(/^\.\/a\.txt\s+\.\/large\.bin\s+\.\/sub\/b c\.txt\s+1500000$/),
    },
  },
  'files come out by name and by pattern, each with type, size and hash': {
    request: {
      code: [
        'import os',
        'os.makedirs("out/deep")',
        `open("out/${'ü 1.csv'}", "w").write("a,b\\n")`,
        'open("out/deep/x.png", "wb").write(bytes([137, 80, 255]))',
        'open("left.txt", "w").write("left")',
        'os.symlink("/etc/passwd", "out/link.csv")',
      ].join('\n'),
      outputs: ['out/**/*.png', 'out/*.csv', 'missing.txt'],
    },
    answer: {
      ...hello,
      files: [
        { path: 'missing.txt', bytes: 0, contentType: expect.any(String), error: 'there is no such file' },
        { path: 'out/deep/x.png', bytes: 3, contentType: 'image/png', sha256: expect.any(String), base64: 'iVD/' },
        {
          path: 'out/ü 1.csv',
          bytes: 4,
          contentType: expect.stringMatching('text/csv'),
          sha256: sha256('a,b\n'),
          text: 'a,b\n',
        },
      ],
    },
  },
  'files come out whose names look like parts of an address': {
    request: { command: 'echo a > "100%25.txt"; echo b > "a%2Fb"; echo c > "50%.txt"', outputs: ['*%*'] },
    answer: {
      outcome: 'succeeded',
      files: [
        expect.objectContaining({ path: '100%25.txt', text: 'a\n' }),
        expect.objectContaining({ path: '50%.txt', text: 'c\n' }),
        expect.objectContaining({ path: 'a%2Fb', text: 'b\n' }),
      ],
    },
  },
  'a script from S3': {
    objects: { 'script.py': 'print("from", "S3")' },
    request: { script: 'invoker/test/script.py' },
    answer: { ...hello, stdout: 'from S3' },
  },
  'a script among the files, which ends as its interpreter ends': {
    request: {
      script: 'work/main.py',
      files: [
        {
          path: 'work/main.py',
          text: [
            'import atexit, sys, beside',
            'open("left-open.txt", "w").write("written")',
            'atexit.register(print, "at exit")',
            'print(beside.NAME, sys.argv[0])',
            'sys.exit(7)',
          ].join('\n'),
        },
        { path: 'work/beside.py', text: 'NAME = "beside"' },
      ],
      outputs: ['*.txt'],
    },
    answer: {
      outcome: 'failed',
      exitCode: 7,
      stdout: 'beside work/main.py\nat exit',
      files: [expect.objectContaining({ path: 'left-open.txt', text: 'written' })],
    },
  },
  'figures that a script shows and leaves open, in this order': {
    request: {
      script: 'plot.py',
      files: [
        {
          path: 'plot.py',
          text: 'import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()\nplt.figure()\nprint(plt.get_fignums())',
        },
      ],
    },
    answer: {
      outcome: 'succeeded',
      stdout: '[1]',
      content: [
        expect.objectContaining({ type: 'text' }),
        expect.objectContaining({ type: 'image', contentType: 'image/png', base64: expect.stringMatching(/^iVBOR/) }),
        expect.objectContaining({ type: 'image', contentType: 'image/png' }),
      ],
    },
  },
  'a script whose time is up, with what it had printed': {
    request: {
      script: 'late.py',
      timeoutSeconds: 2,
      files: [{ path: 'late.py', text: 'import time\nprint("began", flush=True)\ntime.sleep(60)' }],
    },
    answer: { outcome: 'timedOut', stdout: 'began', sessionEnded: true },
  },
  'a script with its environment and parameters': {
    request: {
      script: '-odd name.py',
      files: [
        { path: '-odd name.py', text: 'import json, os\nprint(os.environ["A"], json.load(open("parameters.json")))' },
      ],
      environment: { A: 'it\'s "ü"' },
      parameters: { n: 1 },
    },
    answer: { outcome: 'succeeded', stdout: "it's \"ü\" {'n': 1}" },
  },
  'a command and an environment too long for a terminal': {
    request: {
      command: `: ${'x'.repeat(70_000)}; echo $(printf %s "$A" | wc -c); ls -A .invoker; exit 3`,
      environment: { A: 'y'.repeat(32_000) },
      timeoutSeconds: 60,
    },
    answer: { outcome: 'failed', exitCode: 3, stdout: '32000' },
  },
  'a script that is neither a file of the request nor a key of the invoker': {
    request: { script: 'main.py', files: [{ path: 'other.py', text: '' }] },
    error: { name: 'InvalidRequest', message: expect.stringContaining('or a path of "files" (other.py)') },
  },
  'a script of the bucket that would replace a file': {
    objects: { 'script.py': '1' },
    request: { script: 'invoker/test/script.py', files: [{ path: 'script.py', text: '' }] },
    error: { name: 'InvalidRequest', message: expect.stringContaining('"script.py" is the name of another file') },
  },
  'a tool, as it is': {
    request: {
      tool: { name: 'writeFiles', arguments: { content: [{ path: 'a', blob: 'AP8=' }] } },
      outputs: ['a'],
    },
    answer: { outcome: 'succeeded', files: [expect.objectContaining({ path: 'a', base64: 'AP8=' })] },
  },
  'a tool that refuses: an answer': {
    request: { tool: { name: 'listFiles', arguments: { directoryPath: 'nowhere' } } },
    answer: { outcome: 'failed', isError: true, sessionEnded: true },
  },
  'a request without work': {
    request: { files: [] },
    error: { name: 'InvalidRequest', message: expect.stringContaining('must have exactly one of code, command') },
  },
  'a path that leaves the working directory': {
    request: { code: '1', files: [{ path: 'a/../../b', text: '' }] },
    error: { name: 'InvalidRequest', message: expect.stringContaining('files.0.path: must be relative') },
  },
  'an absolute path': {
    request: { code: '1', outputs: ['/etc/passwd'] },
    error: { name: 'InvalidRequest', message: expect.stringContaining('outputs.0: must be relative') },
  },
  "a key that is not the invoker's": {
    request: { code: '1', files: [{ path: 'a', s3Key: 'runs/secret.json' }] },
    error: { name: 'InvalidRequest', message: expect.stringContaining('files.0.s3Key: must be under') },
  },
  'content that does not have its hash': {
    request: { code: '1', files: [{ path: 'a', text: 'b', sha256: sha256('c') }] },
    error: { name: 'InvalidRequest', message: expect.stringContaining('files.0.sha256: is not the hash') },
  },
  'an object that does not have its hash': {
    objects: { 'changed.txt': 'b' },
    request: { code: '1', files: [{ path: 'a', s3Key: 'invoker/test/changed.txt', sha256: sha256('c') }] },
    error: { name: 'StagingFailed', message: expect.stringContaining('does not have the sha256') },
  },
  'an object that does not exist': {
    request: { code: '1', files: [{ path: 'a', s3Key: 'invoker/test/nowhere' }] },
    error: { name: 'StagingFailed', message: expect.stringContaining('there is no object s3://') },
  },
  'a session that does not exist': {
    request: { code: '1', sessionId: 'nosuchsession' },
    error: { name: 'SessionLost', message: expect.stringContaining('nosuchsession') },
  },
};

describe('the invoker', () => {
  let target: InvokerTarget;

  beforeAll(async () => {
    target = await openTarget();
  });

  afterAll(() => target.close());

  test.each(Object.entries(scenarios))('%s', async (_, { objects = {}, request, answer, error }) => {
    for (const [name, content] of Object.entries(objects)) {
      await target.put(`invoker/test/${name}`, content);
    }
    if (error) {
      expect(await target.failure(request)).toEqual(error);
    } else {
      expect(await target.invoke(request)).toMatchObject(answer ?? {});
    }
    expect(target.running()).toEqual([]);
  });

  test('a session is kept, taken up again with its state, and ended', async () => {
    const first = await target.invoke({ code: 'x = 41', endSession: false });
    expect(first.sessionEnded).toBe(false);
    const { sessionId } = first;
    const second = await target.invoke({ sessionId, code: 'print(x + 1)' });
    expect(second).toMatchObject({ sessionId, stdout: '42', sessionEnded: false });
    expect(await target.invoke({ sessionId, code: 'x', endSession: true })).toMatchObject({ sessionEnded: true });
    expect((await target.failure({ sessionId, code: 'x' })).name).toBe('SessionLost');
  });

  test.each([
    ['python', 'print("NAME")', '\nwhile True: pass'],
    ['typescript', 'console.log("NAME")', '; for (;;) {}'],
  ])(
    'in a session of %s that is kept, time limits leave nothing behind for later calls',
    async (language, print, hang) => {
      const call = (name: string, more: object) =>
        target.invoke({ code: print.replace('NAME', name), language, timeoutSeconds: 60, ...more });
      const { sessionId, stdout } = await call('first', { endSession: false });
      expect(stdout).toBe('first');
      expect(await call('second', { sessionId })).toMatchObject({ stdout: 'second', stderr: '' });
      expect(await call('third', { sessionId, timeoutSeconds: undefined })).toMatchObject({
        stdout: 'third',
        stderr: '',
      });
      const late = { sessionId, code: print.replace('NAME', 'late') + hang, timeoutSeconds: 1 };
      expect(await call('', late)).toMatchObject({ outcome: 'timedOut', stdout: 'late', sessionEnded: true });
    },
  );

  test('the message of an environment that cannot be set does not hold its values', async () => {
    const { sessionId } = await target.invoke({
      code: 'import os\nclass Broken(dict):\n  def update(self, values): raise ValueError(values)\nos.environ = Broken(os.environ)',
      endSession: false,
    });
    const failure = await target.failure({ sessionId, code: '1', environment: { TOKEN: 'hunter2' } });
    expect(failure).toEqual({
      name: 'StagingFailed',
      message: expect.stringContaining('the environment could not be set'),
    });
    expect(failure.message).not.toContain('hunter2');
    await target.invoke({ sessionId, command: 'true', endSession: true });
  });

  test('large files of odd names and keys go in and out', async () => {
    const names = ['it\'s $HOME `x` "q" ?&=+#.bin', 'häß lich/100%25 日本語 😀.bin'];
    for (const name of names) {
      await target.put(`invoker/test/odd/${name}`, bytes(1_100_000));
    }
    const files = names.map((name) => ({ path: `in/${name}`, s3Key: `invoker/test/odd/${name}` }));
    const answer = await target.invoke({ command: 'mv in out', files, outputs: ['out/**'] });
    expect(answer.files.map(({ path, sha256: hash }) => [path, hash]).sort()).toEqual(
      names.map((name) => [`out/${name}`, sha256(bytes(1_100_000))]).sort(),
    );
    for (const { s3Key = '' } of answer.files) {
      expect(sha256(await target.get(s3Key))).toBe(sha256(bytes(1_100_000)));
    }
  });

  test('large files go straight to the bucket, and are the same there', async () => {
    const code = 'open("large one.bin", "wb").write(bytes(i * 7 % 256 for i in range(1_200_000)))';
    const { files } = await target.invoke({ code, outputs: ['large *'] });
    expect(files).toEqual([
      {
        path: 'large one.bin',
        bytes: 1_200_000,
        contentType: 'application/octet-stream',
        sha256: sha256(bytes(1_200_000)),
        bucket: expect.any(String),
        s3Key: expect.stringMatching(/^invoker\/.+\/files\/large one\.bin$/),
      },
    ]);
    expect(sha256(await target.get(files[0]?.s3Key ?? ''))).toBe(sha256(bytes(1_200_000)));
  });

  test('output that does not fit is in the bucket, with a pointer in its place', async () => {
    const request = { code: 'print("0123456789" * 30_000)', maxAnswerBytes: 100_000 };
    const answer = await target.invoke(request);
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(100_000);
    expect(answer.stdout).toMatch(/^(0123456789)+\n\[\.\.\.\]\n(0123456789)+$/);
    expect(answer.stdoutFile).toMatchObject({ bytes: 300_000, sha256: sha256('0123456789'.repeat(30_000)) });
    expect(await target.get(answer.stdoutFile?.s3Key ?? '')).toHaveLength(300_000);
    expect(answer.content).toEqual([
      expect.objectContaining({ type: 'text', bytes: 300_000, s3Key: expect.any(String) }),
    ]);
  });

  test('output of characters that JSON makes six of fits into the smallest answer', async () => {
    const code = 'import sys\nfor stream in (sys.stdout, sys.stderr): _ = stream.write("\\1" * 20_000)';
    const answer = await target.invoke({ code, maxAnswerBytes: 10_000 });
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(10_000);
    expect(answer).toMatchObject({
      outcome: 'succeeded',
      stdoutFile: { bytes: 20_000 },
      stderrFile: { bytes: 20_000 },
    });
  });

  test('output is not cut in the middle of a character', async () => {
    const { stdout } = await target.invoke({ code: 'print("a" + "😀" * 10_000 + "b")', maxAnswerBytes: 20_000 });
    expect(stdout).toMatch(/^a(😀)+\n\[\.\.\.\]\n(😀)+b$/u);
  });

  test('a file whose path is as long as paths can be is in the bucket under another name', async () => {
    const folder = Array(5).fill('ü'.repeat(120)).join('/');
    const code = `import os\nos.makedirs("${folder}")\n_ = open("${folder}/x.csv", "w").write("x" * 50_000)`;
    const { files } = await target.invoke({ code, outputs: ['**'], maxAnswerBytes: 10_000 });
    expect(files).toEqual([expect.objectContaining({ path: `${folder}/x.csv`, bytes: 50_000 })]);
    expect(Buffer.byteLength(files[0]?.s3Key ?? '')).toBeLessThanOrEqual(1024);
    expect(await target.get(files[0]?.s3Key ?? '')).toHaveLength(50_000);
  });

  test('a hundred megabytes do not fit into a request, and go to the bucket from an answer', async () => {
    const inline = { code: '1', files: [{ path: 'a', text: 'x'.repeat(100_000_000) }] };
    await expect(target.invoke(inline)).rejects.toThrow(/more than the 6291456|RequestEntityTooLarge|larger than/);
    const { outcome, stdoutFile } = await target.invoke({ code: 'print("x" * 99_000_000)', contentBlocks: false });
    // The service's own limit is of the whole answer, in which it says everything twice.
    expect({ outcome, bytes: stdoutFile?.bytes }).toEqual({ outcome: 'succeeded', bytes: 99_000_000 });
  });

  test('an answer of very many files is a pointer as a whole', async () => {
    const code = 'for i in range(200): open(str(i) + "n" * 100, "w").write("x")';
    const answer = await target.invoke({ code, outputs: ['*'], maxAnswerBytes: 10_000 });
    expect(answer).toMatchObject({ outcome: 'succeeded', files: [] });
    const whole = JSON.parse((await target.get(answer.whole?.s3Key ?? '')).toString());
    expect(whole.files).toHaveLength(200);
  });

  test('a command in the background is asked for its progress, its result and its files', async () => {
    const command = 'echo begun; while [ ! -e go ]; do sleep 0.1; done; echo done > out.txt; echo ended; exit 3';
    const started = await target.invoke({ command, background: true, sessionTimeoutSeconds: 300 });
    expect(started).toMatchObject({ outcome: 'running', sessionEnded: false, isError: false });
    const { sessionId, task } = started;
    const ask = (more: object = {}) =>
      target.invoke({ sessionId, task: { id: task?.id, ...more }, outputs: ['out.txt'], endSession: true });
    const running = await until(ask, ({ stdout }) => stdout !== '');
    expect(running).toMatchObject({ outcome: 'running', stdout: 'begun\n', sessionEnded: false, files: [] });
    await target.invoke({
      sessionId,
      tool: { name: 'writeFiles', arguments: { content: [{ path: 'go', text: '' }] } },
    });
    const from = { stdoutFrom: running.task?.stdoutNext };
    const ended = await until(
      () => ask(from),
      ({ outcome }) => outcome !== 'running',
    );
    expect(ended).toMatchObject({ outcome: 'failed', exitCode: 3, stdout: 'ended\n', sessionEnded: true });
    expect(ended.files).toEqual([expect.objectContaining({ path: 'out.txt', text: 'done\n' })]);
  });

  test('what runs in the background can be stopped', async () => {
    const code = 'import time\nprint("ü")\ntime.sleep(600)';
    const { sessionId, task } = await target.invoke({ code, background: true });
    const ask = (more: object) => target.invoke({ sessionId, task: { id: task?.id, ...more }, endSession: true });
    await until(
      () => ask({}),
      ({ stdout }) => stdout === 'ü\n',
    );
    expect(await ask({ stop: true })).toMatchObject({ outcome: 'canceled', isError: false, sessionEnded: true });
  });
});

/** Asks until the answer is there; the test's own timeout is the limit. */
async function until<T>(ask: () => Promise<T>, there: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (there(answer)) {
      return answer;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
