import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { testPython } from '../../local/emulator/support';

const DRIVER = join(__dirname, '../../../lib/runtime/batch/in-session/python');

test("the Python driver passes its own tests, with the sessions' Python", async () => {
  const environment = { ...process.env, PYTHONPATH: DRIVER, PYTHONDONTWRITEBYTECODE: '1' };
  const tests = join(__dirname, 'python/test_driver.py');
  // unittest reports on stderr, also when all is well; a failure ends it with another exit code than 0.
  const { stderr } = await promisify(execFile)(await testPython(), [tests], { env: environment });
  expect(stderr).toMatch(/^Ran \d{2,} tests in /m);
});
