/** @needs Python */
import { EmulatorProcess } from './process';
import { TestClient, testPython } from './support';

const LARGE = 100_000_000;

describe('sizes', () => {
  test('takes and gives a file of 100 MB without holding more than three copies', async () => {
    const server = await EmulatorProcess.start({ limits: { diskBytes: 400_000_000 } });
    try {
      const client = new TestClient(server);
      const session = await client.start();
      await client.command(session, 'true');
      const before = server.peakMemoryBytes;
      const blob = Buffer.alloc(LARGE, 'binary \xff', 'latin1');
      expect(await client.call(session, 'writeFiles', { content: [{ path: 'large', blob }] })).toMatchObject({
        isError: false,
      });
      const { content } = await client.call(session, 'readFiles', { paths: ['large'] });
      expect(Buffer.compare(Buffer.from(content?.[0]?.resource?.blob ?? []), blob)).toBe(0);
      // A copy is what travels: base64, four bytes for three.
      expect((server.peakMemoryBytes - before) / ((LARGE * 4) / 3)).toBeLessThan(3);
      client.destroy();
    } finally {
      await server.stop();
    }
  }, 120_000);

  test('keeps 50 sessions at once apart', async () => {
    const server = await EmulatorProcess.start({ python: await testPython() });
    try {
      const client = new TestClient(server);
      const sessions = await Promise.all(Array.from({ length: 50 }, () => client.start()));
      const answers = await Promise.all(
        sessions.map((session, index) => client.python(session, `mine = ${index}\nmine`)),
      );
      expect(answers.map(({ structuredContent }) => structuredContent?.stdout)).toEqual(
        sessions.map((_, index) => String(index)),
      );
      client.destroy();
    } finally {
      await server.stop();
    }
  }, 120_000);
});
