import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordOfThisProcess } from '../../../lib/local/sandbox/process-record';
import { WorkDirectory } from '../../../lib/local/sandbox/work-directory';

describe('the work directory of an emulator', () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'work-directory-'));
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  /** The folder of another emulator, with its owner. */
  function folderOf(owner: object): string {
    const path = join(parent, 'emulator-other');
    mkdirSync(path);
    writeFileSync(join(path, 'owner.json'), JSON.stringify(owner));
    return path;
  }
  /** A process that has ended. */
  const gone = () => ({ ...recordOfThisProcess(), pid: Number(execFileSync('sh', ['-c', 'echo $$'])) });

  test.each([
    ['a process that is alive', recordOfThisProcess, true],
    ['a process that has ended', gone, false],
    ['a process of another PID namespace, alive or not', () => ({ ...gone(), namespace: 'pid:[1]' }), true],
    ['nobody', () => ({}), true],
  ])('leaves what may be in use: the folder of %s', (_owner, owner, stays) => {
    const other = folderOf(owner());
    WorkDirectory.open(parent).remove();
    expect(existsSync(other)).toBe(stays);
  });
});
