import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkDirectory } from '../../../lib/local/sandbox/work-directory';

describe('the work directory', () => {
  let parent: string;

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'work-'));
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  /** The folder of a process that is not there (any more), as far as this process can see. */
  function folderOf(namespace: string): string {
    const path = join(parent, `emulator-${namespace}`);
    mkdirSync(path);
    const own = WorkDirectory.open(join(parent, 'elsewhere'));
    const owner = { pid: 2 ** 30, began: 'long ago', namespace: namespace === 'own' ? own.owner.namespace : namespace };
    own.remove();
    writeFileSync(join(path, 'owner.json'), JSON.stringify(owner));
    return path;
  }

  it('removes what a killed process left behind', () => {
    const orphan = folderOf('own');
    WorkDirectory.open(parent).remove();
    expect(existsSync(orphan)).toBe(false);
  });

  it('leaves what belongs to another PID namespace, such as a container that shares the temporary folder', () => {
    const foreign = folderOf('pid:[1]');
    WorkDirectory.open(parent).remove();
    expect(existsSync(foreign)).toBe(true);
  });
});
