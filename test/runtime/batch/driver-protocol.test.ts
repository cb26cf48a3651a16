import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DriverItem } from '../../../lib/runtime/batch/in-session/driver-protocol';
import { driverSpec, parseAnswer, setupSpec } from '../../../lib/runtime/batch/in-session/driver-protocol';
import { pythonArchive } from '../../../lib/runtime/batch/in-session/python-archive';
import { type DriverLanguage, DriverSession } from './driver-session';

/** Says at the end which fields of the spec, and of its items, the driver read. */
const WATCHED: Record<DriverLanguage, (call: string) => string> = {
  python: (call) => `
import json
read = set()
class Watched(dict):
    def __getitem__(self, key): read.add(key); return dict.__getitem__(self, key)
    def get(self, key, default=None): read.add(key); return dict.get(self, key, default)
    def __contains__(self, key): read.add(key); return dict.__contains__(self, key)
plain_loads = json.loads
json.loads = lambda text, **options: plain_loads(text, **{"object_hook": Watched, **options})
${call}
print("#read#" + json.dumps(sorted(read)))
`,
  typescript: (call) => `
const read = new Set();
const watch = (value) => typeof value !== 'object' || value === null ? value : new Proxy(value, {
  get: (target, key) => {
    if (Array.isArray(target)) return typeof target[key] === 'function' ? target[key].bind(target.map(watch)) : watch(target[key]);
    if (typeof key === 'string') read.add(key);
    return watch(target[key]);
  },
});
const driver = await import('file://' + Deno.cwd() + '/.analysis/deno/driver.deno.js');
${call}
console.log('#read#' + JSON.stringify([...read].sort()));
`,
};

describe.each<DriverLanguage>(['python', 'typescript'])('the protocol of the driver in %s', (language) => {
  let session: DriverSession;
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = createServer((_request, response) => response.end('x')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/object`;
  });
  afterAll(() => {
    server.close();
  });

  beforeEach(() => {
    session = new DriverSession(language, language === 'python' ? 'print("ran")' : 'console.log("ran");');
  });
  afterEach(() => session.remove());

  async function fieldsRead(name: 'run' | 'set_up', spec: object): Promise<string[]> {
    const text = JSON.stringify(JSON.stringify(spec));
    const calls: Record<DriverLanguage, string> = {
      python: `import sys\nsys.path.insert(0, ".analysis/driver.pyz")\nimport analysis_driver\nanalysis_driver.${name}(${text})`,
      typescript: `await driver.${name === 'run' ? 'run' : 'setUp'}(watch(JSON.parse(${text})));`,
    };
    const { stdout } = await session.execute(WATCHED[language](calls[language]));
    return JSON.parse(/^#read#(.*)$/m.exec(stdout)?.[1] ?? '[]') as string[];
  }

  test('all that it is asked, it reads, and nothing else', async () => {
    const spec = session.spec(['1', '2']);
    const [first, second] = spec.items as [DriverItem, DriverItem];
    const items = [first, { ...second, inputFile: undefined, url, files: [{ path: 'more.csv', url }] }];
    const read = await fieldsRead('run', { ...spec, items });
    const known = [spec, first, { url, files: [] }, { path: '', url }].flatMap((each) => Object.keys(each));
    expect(read).toEqual([...new Set(known)].sort());
    expect(Object.keys(driverSpec.shape).sort()).toEqual(Object.keys(spec).sort());
  });

  test('all that the setup is asked, it reads', async () => {
    const source = language === 'python' ? 'print()' : 'console.log()';
    session.write(`.analysis/shared/${session.script}`, source);
    const spec = setupSpec.parse({
      marker: '#m#',
      script: session.script,
      timeoutSeconds: 60,
      objects: [{ path: 'a.csv', url }],
    });
    const read = await fieldsRead('set_up', spec);
    expect(read).toEqual(['marker', 'objects', 'path', 'script', 'timeoutSeconds', 'url']);
  });

  test('what it answers fits', async () => {
    const [record] = await session.run(session.spec(['1']));
    expect(record).toMatchObject({ id: '1', exitCode: 0, warnings: [] });
    expect(record && session.stdoutOf(record)).toBe('ran\n');
    expect(record?.error).toBeUndefined();
  });

  test('a script that is another one now runs as it is now', async () => {
    const again = language === 'python' ? 'print("again")' : 'console.log("again");';
    await session.run(session.spec(['1']));
    session.write(`.analysis/script/${session.script}`, again);
    const [record] = await session.run(session.spec(['2']));
    expect(record && session.stdoutOf(record)).toBe('again\n');
  });
});

test('a record that does not fit is the outcome of its item alone', () => {
  const fine = { id: '1', seconds: 1, parts: [], warnings: [] };
  const bad = { id: '2', seconds: 1, parts: [{ kind: 'file', path: '../up', bytes: 1, offset: 0, sha256: '' }] };
  expect(parseAnswer(JSON.stringify({ items: [fine, bad] }))).toEqual([
    fine,
    {
      ...fine,
      id: '2',
      seconds: 0,
      error: { name: 'OutputUnreadable', message: expect.stringMatching(/^the driver's record of this item has /) },
    },
  ]);
});

test('the archive of the Python driver is always the same', () => {
  expect(Buffer.from(pythonArchive()).equals(Buffer.from(pythonArchive()))).toBe(true);
});
