// Writes docs/batch-request.schema.json from what the Plan state checks. A test says when it is out of date.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { batchRequestJsonSchema } from '../lib/runtime/batch/request-json-schema';

const file = join(__dirname, '../docs/batch-request.schema.json');
writeFileSync(file, `${JSON.stringify(batchRequestJsonSchema(), null, 2)}\n`);
