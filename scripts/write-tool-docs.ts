// Writes docs/tools.md from the table of tools. A test says when it is out of date.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolDocs } from '../lib/runtime/tools/tool-docs';

writeFileSync(join(__dirname, '../docs/tools.md'), toolDocs());
