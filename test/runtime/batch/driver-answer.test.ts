/** @needs Python */

import type { Emulator } from '../../../lib/local/emulator';
import { ARCHIVE_PATH, driverFor, inputPath } from '../../../lib/runtime/batch/in-session/driver';
import { driverSpec, parseAnswer } from '../../../lib/runtime/batch/in-session/driver-protocol';
import { startForTest, type TestClient } from '../../local/emulator/support';

/** The emulator's kernel echoes the value of a cell's last expression, as notebooks do. */
describe.each([
  ['python', 'script.py', ''],
  ['typescript', 'script.ts', 'export {};'],
] as const)('the answer of the driver for %s', (language, name, source) => {
  let emulator: Emulator;
  let client: TestClient;

  beforeAll(async () => {
    ({ emulator, client } = await startForTest());
  });

  afterAll(() => emulator.stop());

  test('comes once from a kernel that echoes values, and its archive is not empty, though the item leaves nothing', async () => {
    const session = await client.start();
    const driver = driverFor({ name, language, parameters: {} });
    const item = { id: 'a', input: 'a.csv', parameters: '{}', inputFile: 'a', maxPathBytes: 900 };
    const limits = { timeoutSeconds: 60, budgetSeconds: 600, largeBytes: 1_000_000, archiveBytes: 1_000_000 };
    const spec = driverSpec.parse({ marker: '#m#', script: name, ...limits, items: [item] });
    const content = [...driver.files(Buffer.from(source)), { path: inputPath('a'), blob: Buffer.from('x') }];
    await client.call(session, 'writeFiles', { content });
    const { structuredContent } = await client.call(session, 'executeCode', { code: driver.run(spec), language });
    const { stdout = '' } = structuredContent ?? {};
    expect(stdout.match(/"items"/g)).toHaveLength(1);
    expect(parseAnswer(stdout.slice(stdout.indexOf('#m#') + 3))).toMatchObject([{ id: 'a', exitCode: 0 }]);
    const read = await client.call(session, 'readFiles', { paths: [ARCHIVE_PATH] });
    const { text = '', blob } = read.content?.[0]?.resource ?? {};
    expect(Buffer.from(blob ?? text)).toHaveLength(1);
  });
});
