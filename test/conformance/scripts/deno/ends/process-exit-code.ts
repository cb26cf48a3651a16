import process from 'node:process';
process.exitCode = 7;
console.log('goes on');
