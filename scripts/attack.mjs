// The attacks of test/attack, longer than in `npm test`: each race takes a minute, or RACE_SECONDS.
//   npm run attack
// They run in a PID and mount namespace of their own where this machine lets us make them: whatever goes wrong, it is there.
import { spawn, spawnSync } from 'node:child_process';

const user = process.getuid?.() === 0 ? [] : ['--map-current-user'];
const own = [...user, '--mount', '--pid', '--fork', '--mount-proc', '--kill-child', '--'];
const contained = spawnSync('unshare', [...own, 'true']).status === 0;
const jest = ['node_modules/jest/bin/jest.js', 'test/attack/', '--runInBand', ...process.argv.slice(2)];
const [program, ...args] = [...(contained ? ['unshare', ...own] : []), process.execPath, ...jest];

console.log(contained ? 'In namespaces of its own' : 'Without namespaces of its own: this machine has none');
const env = { ...process.env, RACE_SECONDS: process.env.RACE_SECONDS ?? '60' };
spawn(program, args, { stdio: 'inherit', env }).on('exit', (code) => {
  process.exitCode = code ?? 1;
});
