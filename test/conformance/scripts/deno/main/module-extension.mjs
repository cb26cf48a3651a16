import { readFileSync } from 'node:fs';
console.log(readFileSync('input.csv', 'utf8').length);
