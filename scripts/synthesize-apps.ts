// Synthesizes CDK apps in one process, which loads the library once: a folder below the output for each.
//   tsx scripts/synthesize-apps.ts <output> <name>=<app.ts> ...
import { join, resolve } from 'node:path';

process.setMaxListeners(0);
const [output = '', ...apps] = process.argv.slice(2);
for (const app of apps) {
  const [name = '', file = ''] = app.split('=');
  // An app takes its folder from here when it is made, and writes it when the process is about to end.
  process.env.CDK_OUTDIR = join(resolve(output), name);
  require(resolve(file));
}
