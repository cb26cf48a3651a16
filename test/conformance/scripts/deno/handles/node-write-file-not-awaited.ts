import { writeFile } from 'node:fs/promises';
writeFile('output/a.txt', 'not awaited');
