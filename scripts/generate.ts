// Writes the files that are generated from sources and committed. `--check` only says which of them are out of date.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batchRequestJsonSchema } from '../lib/runtime/batch/request-json-schema';
import { jsonSchemas } from '../lib/runtime/invoker/json-schemas';

const ROOT = join(__dirname, '..');

/** The content of each generated file, by its path in the checkout. */
function generated(): Record<string, string> {
  return {
    'lib/runtime/report/page.generated.json': reportPage(),
    'docs/batch-request.schema.json': json(batchRequestJsonSchema()),
    ...Object.fromEntries(
      Object.entries(jsonSchemas()).map(([name, schema]) => [`docs/schemas/${name}`, json(schema)]),
    ),
    'docs/api.md': apiReference(),
  };
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The page of the report, which its writer embeds. */
function reportPage(): string {
  const build = join(ROOT, 'lib/runtime/report/page/build.mjs');
  return execFileSync(process.execPath, [build, '--print'], { encoding: 'utf8' });
}

/** The reference of all constructs, from what jsii makes of their sources. */
function apiReference(): string {
  const bin = (name: string) => join(ROOT, 'node_modules/.bin', name);
  const options = { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] as ('ignore' | 'inherit')[] };
  execFileSync(bin('jsii'), ['--generate-tsconfig', 'tsconfig.jsii.json'], options);
  const folder = mkdtempSync(join(tmpdir(), 'api-reference-'));
  try {
    execFileSync(bin('jsii-docgen'), ['--output', join(folder, 'api.md')], options);
    return readFileSync(join(folder, 'api.md'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function current(path: string): string | undefined {
  try {
    return readFileSync(join(ROOT, path), 'utf8');
  } catch {
    return undefined;
  }
}

const stale = Object.entries(generated()).filter(([path, content]) => current(path) !== content);
if (process.argv.includes('--check')) {
  if (stale.length > 0) {
    console.error(`out of date: ${stale.map(([path]) => path).join(', ')}. Run "npm run generate"`);
    process.exitCode = 1;
  }
} else {
  for (const [path, content] of stale) {
    writeFileSync(join(ROOT, path), content);
    console.log(path);
  }
}
