import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A bundle is loaded at each cold start. */
const MAX_BYTES = 410_000;

test.each(['invoker', 'invoker-stream'])('the bundle of %s has less than 410,000 bytes', (name) => {
  const bundle = readFileSync(join(__dirname, '../../../dist/handlers', name, 'index.js'));
  expect(bundle.length).toBeLessThan(MAX_BYTES);
});
