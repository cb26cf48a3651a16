/** @needs Python */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { testPython } from '../local/emulator/support';
import { describeWith, ownNamespaces } from '../support/requirements';

const run = promisify(execFile);
const LOADER = join(__dirname, '../../node_modules/tsx/dist/loader.mjs');

/**
 * Two network namespaces with a wire between them, which no packet leaves. In the first is the emulator's side, with the
 * session; in the second a server at an address of the internet, which answers with where it was called from.
 */
const NETWORK = `
set -e
mount -t tmpfs none /run
unshare --net sleep 300 & far=$!
while [ "$(readlink /proc/$far/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
ip link set lo up
ip link add near type veth peer name far
ip link set far netns $far
ip addr add 93.184.216.1/24 dev near
ip addr add 10.9.8.1/24 dev near
ip link set near up
nsenter --net=/proc/$far/ns/net sh -c 'ip link set lo up; ip addr add 93.184.216.34/24 dev far; ip addr add 10.9.8.7/24 dev far; ip addr add 169.254.169.254/32 dev far; ip link set far up'
ip route add 169.254.169.254/32 dev near
nsenter --net=/proc/$far/ns/net "$1" -e 'require("http").createServer((q, a) => a.end("reached from " + q.socket.remoteAddress)).listen(80, "0.0.0.0", () => console.error("listening"))' 2>/run/server &
while ! grep -q listening /run/server; do sleep 0.05; done
export TMPDIR=/run
exec "$1" --import "$2" "$3" "$4"
`;

describeWith('bubblewrap', 'in a network of its own', () => {
  describeWith('namespaces of its own', 'a session', () => {
    let answers: Record<string, Record<string, string>>;

    beforeAll(async () => {
      const program = join(__dirname, 'public-network-session.ts');
      const script = ['sh', '-c', NETWORK, 'sh', process.execPath, LOADER, program, await testPython()];
      const { stdout } = await run('unshare', [...ownNamespaces(), ...script], { timeout: 120_000 });
      answers = JSON.parse(stdout);
    }, 180_000);

    test('of PUBLIC mode gets a real answer from the internet, and from nowhere else', () => {
      expect(answers.PUBLIC).toEqual({
        '93.184.216.34': 'reached from 93.184.216.1',
        '10.9.8.7': expect.stringContaining('it is a private address'),
        '169.254.169.254': expect.stringContaining('it is a link-local address'),
        '93.184.216.1': expect.stringContaining("it is one of this machine's own addresses"),
      });
    });

    test('of VPC mode gets to private addresses, too', () => {
      expect(answers.VPC).toEqual({
        '93.184.216.34': 'reached from 93.184.216.1',
        '10.9.8.7': 'reached from 10.9.8.1',
        '169.254.169.254': expect.stringContaining('it is a link-local address'),
        '93.184.216.1': expect.stringContaining("it is one of this machine's own addresses"),
      });
    });

    test('of SANDBOX mode gets nowhere', () => {
      expect(Object.values(answers.SANDBOX ?? {})).toEqual(Array(4).fill(expect.stringContaining('unreachable')));
    });
  });
});
