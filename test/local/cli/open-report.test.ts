import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isOpenedByDefault, openReport } from '../../../lib/local/cli/open-report';

describe('the report is opened by itself', () => {
  test.each<[string, NodeJS.Platform, NodeJS.ProcessEnv, boolean, boolean]>([
    ['on a terminal of a desktop', 'linux', { DISPLAY: ':0' }, true, true],
    ['the same, with Wayland', 'linux', { WAYLAND_DISPLAY: 'wayland-0' }, true, true],
    ['on a Mac', 'darwin', {}, true, true],
    ['not where there is no display', 'linux', {}, true, false],
    ['not where output goes to a file', 'linux', { DISPLAY: ':0' }, false, false],
    ['not in CI', 'linux', { DISPLAY: ':0', CI: 'true' }, true, false],
    ['not on a Mac that one is logged in to from elsewhere', 'darwin', { SSH_CONNECTION: '::1 1 ::1 2' }, true, false],
    ['not over SSH without a display', 'linux', { SSH_CONNECTION: '::1 1 ::1 2' }, true, false],
    ['over SSH that brings its display along', 'linux', { SSH_TTY: '/dev/pts/1', DISPLAY: 'localhost:10' }, true, true],
  ])('%s', (_, platform, env, terminal, opened) => {
    expect(isOpenedByDefault({ platform, env }, terminal)).toBe(opened);
  });

  describe("with the system's program for it", () => {
    let folder: string;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'open-report-'));
    });

    afterEach(() => rm(folder, { recursive: true, force: true }));

    test.each<[NodeJS.Platform, string]>([
      ['linux', 'xdg-open'],
      ['darwin', 'open'],
    ])('%s: %s', async (platform, program) => {
      await writeFile(join(folder, program), `#!/bin/sh\nprintf %s "$1" > "${folder}/opened"\n`);
      await chmod(join(folder, program), 0o755);
      await openReport('results/a report.html', { platform, env: { PATH: folder } });
      let opened = '';
      while (opened === '') {
        await sleep(20);
        opened = await readFile(join(folder, 'opened'), 'utf8').catch(() => '');
      }
      expect(opened).toBe('results/a report.html');
    });

    test('where there is none, nothing happens', async () => {
      await expect(openReport('report.html', { platform: 'linux', env: { PATH: folder } })).resolves.toBeUndefined();
    });
  });
});
