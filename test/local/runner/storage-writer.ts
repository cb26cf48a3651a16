/** Writes objects until it is killed, and prints a line for each that is written. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ObjectStorage } from '../../../lib/local/runner/storage/object-storage';

const [folder = ''] = process.argv.slice(2);
const storage = ObjectStorage.inFolder(folder);
storage.table.addBucket('data');
writeFileSync(join(folder, 'pid'), String(process.pid));
for (let index = 0; ; index++) {
  storage.put('data', `object-${index}`, Buffer.alloc(index % 5 === 0 ? 400_000 : 1_000, 'x'));
  process.stdout.write(`${index}\n`);
}
