import { noSuchName } from 'node:fs';
console.log(noSuchName);
