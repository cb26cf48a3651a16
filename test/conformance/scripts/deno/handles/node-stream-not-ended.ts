import { createWriteStream } from 'node:fs';
const out = createWriteStream('output/a.txt');
out.write('written');
