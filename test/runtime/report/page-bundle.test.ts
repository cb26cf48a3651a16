import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(__dirname, '../../../lib/runtime/report');

test('the committed page is what its sources give: after a change, run npm run generate', () => {
  const built = execFileSync(process.execPath, [join(folder, 'page/build.mjs'), '--print'], { encoding: 'utf8' });
  expect(readFileSync(join(folder, 'page.generated.json'), 'utf8') === built).toBe(true);
});
