import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalServices, startLocalServices } from '../../../lib/local/runner/local-services';
import { TestClient } from '../emulator/support';

/** Addresses of sockets have 108 bytes at most; a temporary folder may have a far longer path. */
describe('sockets', () => {
  let base: string;
  let services: LocalServices | undefined;

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'long-'));
  });
  afterEach(async () => {
    await services?.stop();
    rmSync(base, { recursive: true });
  });

  test('do not depend on the length of the work directory, which is for its owner alone', async () => {
    const workDirectory = join(base, 'x'.repeat(200));
    mkdirSync(workDirectory, { mode: 0o700 });
    services = await startLocalServices({ workDirectory, isolation: 'require' });
    expect(statSync(workDirectory).mode & 0o777).toBe(0o700);
    const client = new TestClient(services.emulator);
    const session = await client.start();
    const command = `node -e "fetch(process.env.AWS_ENDPOINT_URL_S3).then(({ status }) => console.log(status))"`;
    const { structuredContent } = await client.command(session, command);
    // The S3 is reached through its socket; without a signature it refuses.
    expect(structuredContent?.stdout).toContain('403');
  });
});
