import { execFileSync } from 'node:child_process';
console.log(execFileSync('echo', ['from node']).toString());
