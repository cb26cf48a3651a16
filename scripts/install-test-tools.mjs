// Installs what the tests need beside Node.js, where that needs no question: on Debian and Ubuntu, as root or with sudo that
// asks for no password. Elsewhere, the tests that need it are skipped by name (with CI=true, they fail).
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/** The packages of Debian, each with what tells that it is there. */
const PACKAGES = [
  { name: 'bubblewrap', isThere: () => isOnPath('bwrap') },
  { name: 'chromium', isThere: hasChromium },
  { name: 'python3', isThere: () => isOnPath('python3') },
  { name: 'python3-venv', isThere: () => runs('python3', '-c', 'import venv, ensurepip') },
  { name: 'iproute2', isThere: () => isOnPath('ip') },
];

function runs(program, ...args) {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

function isOnPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
}

function hasChromium() {
  // Where one is named, tests use no other.
  return process.env.CHROMIUM_PATH !== undefined || isOnPath('chromium') || isOnPath('google-chrome');
}

/** What makes a command privileged; nothing where that would take a password. */
function privilege() {
  if (process.getuid?.() === 0) {
    return [];
  }
  return runs('sudo', '--non-interactive', 'true') ? ['sudo', '--non-interactive'] : undefined;
}

function install(names, prefix) {
  console.error(`Installing ${names.join(', ')} for the tests: ${[...prefix, 'apt-get install'].join(' ')}`);
  const apt = (...args) => {
    const [program, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', ...args];
    execFileSync(program, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
  };
  apt('update');
  apt('install', '--yes', '--no-install-recommends', ...names);
}

if (isOnPath('apt-get')) {
  const missing = PACKAGES.filter(({ isThere }) => !isThere()).map(({ name }) => name);
  const prefix = missing.length > 0 ? privilege() : undefined;
  if (prefix !== undefined) {
    try {
      install(missing, prefix);
    } catch (error) {
      console.error(
        `${missing.join(', ')} could not be installed: ${String(error.stderr || error.message)
          .trim()
          .split('\n')
          .at(-1)}`,
      );
    }
  }
}
