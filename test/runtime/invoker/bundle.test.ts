import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A bundle is loaded at each cold start. */
const MOST_BYTES = 400 * 1024;

test.each(['invoker', 'invoker-stream'])('the bundle of %s has at most 400 KB', (name) => {
  const bundle = readFileSync(join(__dirname, '../../../dist/handlers', name, 'index.js'));
  expect(bundle.length).toBeLessThanOrEqual(MOST_BYTES);
});
