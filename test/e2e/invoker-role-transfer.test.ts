/** @needs Python */
import { createHash } from 'node:crypto';
import { InvokerWorld } from '../support/invoker-world';
import { pythonWith } from '../support/python-packages';
import { describeWith } from '../support/requirements';
import { ACCESS_DENIED, s3StandIn } from '../support/s3-stand-in';

/** The AWS CLI as it is published; the service's sessions have it. */
const AWS_CLI = ['awscli==1.46.3'];

/** Of each name, the file is large enough not to travel inline. */
const NAMES = ['plain.bin', 'sub dir/häß lich & (1) 100%.bin', 'it\'s $HOME `x` "q".bin', '-rf 日本語.bin'];

const content = (seed: number, size: number) => Buffer.alloc(size, `${seed} of some text\n`);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** `transfer: role`, with the AWS CLI itself in the session. */
describeWith('PyPI', 'with the execution role', () => {
  let world: InvokerWorld;

  beforeAll(async () => {
    // Its folder comes first on the PATH of sessions.
    world = await InvokerWorld.open({ python: await pythonWith('aws-cli', AWS_CLI) });
  }, 300_000);

  afterAll(() => world?.close());

  test('large files go into the session with aws s3, and are the same there', async () => {
    const objects = NAMES.map((name, index) => ({ name, bytes: content(index, 1_500_000) }));
    for (const { name, bytes } of objects) {
      await world.put(`invoker/in/${name}`, bytes);
    }
    const answer = await world.invoke({
      command: 'cd data; find . -type f | sort | while read -r f; do sha256sum < "$f"; echo "$f"; done',
      transfer: 'role',
      files: objects.map(({ name, bytes }) => ({
        path: `data/${name}`,
        s3Key: `invoker/in/${name}`,
        sha256: sha256(bytes),
      })),
    });
    const lines = answer.stdout.split('\n');
    for (const { name, bytes } of objects) {
      expect(lines[lines.indexOf(`./${name}`) - 1]).toBe(`${sha256(bytes)}  -`);
    }
    expect(answer).toMatchObject({ outcome: 'succeeded', sessionEnded: true });
  });

  test('an object that does not have the hash that the request gives is refused', async () => {
    await world.put('invoker/in/changed.bin', content(1, 1_500_000));
    const files = [{ path: 'changed.bin', s3Key: 'invoker/in/changed.bin', sha256: sha256(content(2, 1_500_000)) }];
    expect(await world.failure({ command: 'echo ran', transfer: 'role', files })).toEqual({
      name: 'StagingFailed',
      message: expect.stringContaining('changed.bin does not have the sha256 that the request gives'),
    });
    expect(world.running()).toEqual([]);
  });

  test('large files come out with aws s3, in one piece or in several, and are the same in the bucket', async () => {
    const sizes = [1_500_000, 1_500_000, 1_500_000, 30_000_000];
    const code = NAMES.map((name, index) => {
      const path = JSON.stringify(`out/${name}`);
      return `import os; os.makedirs(os.path.dirname(${path}), exist_ok=True); open(${path}, "wb").write((b"${index} of some text\\n" * ${sizes[index]})[:${sizes[index]}])`;
    });
    const { files, outcome } = await world.invoke({
      command: `python3 - <<'END'\n${code.join('\n')}\nEND`,
      transfer: 'role',
      outputs: ['out/**'],
    });
    expect(outcome).toBe('succeeded');
    expect(files.map(({ path }) => path).sort()).toEqual(NAMES.map((name) => `out/${name}`).sort());
    for (const [index, name] of NAMES.entries()) {
      const expected = content(index, sizes[index] ?? 0);
      const file = files.find(({ path }) => path === `out/${name}`);
      expect(file).toMatchObject({ bytes: expected.length, sha256: sha256(expected), bucket: 'staging' });
      expect(sha256(await world.get(file?.s3Key ?? ''))).toBe(sha256(expected));
    }
  });

  test('a file of which S3 does not say whether it came does not cost the others, nor the answer', async () => {
    const denying = await s3StandIn(403, ACCESS_DENIED);
    const other = await InvokerWorld.open({
      python: await pythonWith('aws-cli', AWS_CLI),
      environment: { AWS_ENDPOINT_URL_S3: denying.endpoint },
    });
    try {
      const request = { command: 'head -c 1500000 /dev/zero > large.bin', transfer: 'role', outputs: ['*.bin'] };
      const { outcome, files } = await other.invoke(request);
      expect(outcome).toBe('succeeded');
      expect(files).toEqual([
        expect.objectContaining({ path: 'large.bin', error: expect.stringContaining('AccessDenied') }),
      ]);
    } finally {
      await other.close();
      denying.close();
    }
  });
});

describe('with the execution role, but without the AWS CLI in the session', () => {
  let world: InvokerWorld;
  const large = { files: [{ path: 'in.bin', s3Key: 'invoker/in.bin' }] };

  beforeAll(async () => {
    world = await InvokerWorld.open();
    await world.put('invoker/in.bin', content(1, 1_500_000));
  });

  afterAll(() => world.close());

  test('a file cannot go in: nothing is executed', async () => {
    expect(await world.failure({ command: 'echo ran', transfer: 'role', ...large })).toEqual({
      name: 'StagingFailed',
      message: expect.stringMatching(/copying in\.bin into the session with the execution role: .*aws: not found/),
    });
    expect(world.running()).toEqual([]);
  });

  test('a file that cannot come out does not cost the others, nor the answer', async () => {
    const { outcome, stdout, files } = await world.invoke({
      command: 'head -c 1500000 /dev/zero > large.bin; echo small > small.txt; echo ran',
      transfer: 'role',
      outputs: ['*.bin', '*.txt'],
    });
    expect({ outcome, stdout }).toEqual({ outcome: 'succeeded', stdout: 'ran' });
    expect(files).toEqual([
      expect.objectContaining({ path: 'large.bin', error: expect.stringContaining('aws: not found') }),
      expect.objectContaining({ path: 'small.txt', text: 'small\n' }),
    ]);
  });
});
