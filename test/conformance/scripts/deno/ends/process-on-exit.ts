import process from 'node:process';
process.on('exit', (code) => console.log('exit with', code));
