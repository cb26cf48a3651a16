// Writes the JSON Schemas of the invoker's requests and answers, from what checks them at run time.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemas } from '../lib/runtime/invoker/json-schemas';

const folder = join(__dirname, '../docs/schemas');
mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(jsonSchemas())) {
  writeFileSync(join(folder, name), `${JSON.stringify(schema, null, 2)}\n`);
}
