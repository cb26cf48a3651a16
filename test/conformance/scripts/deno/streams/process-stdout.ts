import process from 'node:process';
process.stdout.write('through node\n');
process.stderr.write('error through node\n');
