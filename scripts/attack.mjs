// The attacks that `npm test` has, longer: each race takes a minute, or RACE_SECONDS; each listener gets 10,000 malformed
// requests, or FUZZ_REQUESTS.
//   npm run attack
// They run in a PID and mount namespace of their own where this machine lets us make them: whatever goes wrong, it is there.
import { spawn, spawnSync } from 'node:child_process';

const user = process.getuid?.() === 0 ? [] : ['--map-current-user'];
const own = [...user, '--mount', '--pid', '--fork', '--mount-proc', '--kill-child', '--'];
const contained = spawnSync('unshare', [...own, 'true']).status === 0;
const tests = ['test/attack/', 'test/local/listener/', 'test/local/emulator/malformed'];
const jest = ['node_modules/jest/bin/jest.js', ...tests, '--runInBand', ...process.argv.slice(2)];
const [program, ...args] = [...(contained ? ['unshare', ...own] : []), process.execPath, ...jest];

console.log(contained ? 'In namespaces of its own' : 'Without namespaces of its own: this machine has none');
const { RACE_SECONDS = '60', FUZZ_REQUESTS = '10000' } = process.env;
const env = { ...process.env, RACE_SECONDS, FUZZ_REQUESTS };
spawn(program, args, { stdio: 'inherit', env }).on('exit', (code) => {
  process.exitCode = code ?? 1;
});
