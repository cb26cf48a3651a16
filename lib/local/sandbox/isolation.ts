import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type BubblewrapVariant, bubblewrapCommand, type SandboxSpec } from './bubblewrap';
import { DEFAULT_LIMITS, limitArguments } from './limits';
import { findProgram } from './programs';
import { mayRunUnsandboxed } from './unsandboxed-consent';

const run = promisify(execFile);

export type IsolationRequest = 'auto' | 'require' | 'off';

/** How sessions are sandboxed on this machine. */
export interface Isolation {
  readonly mode: 'bubblewrap' | 'none';
  /** Why there is no sandbox, in one line; only in the mode `none`. */
  readonly reason?: string;
  /** In plain words, what code in a session can do that it could not do in the service. */
  readonly notSandboxed: string[];
  readonly variant?: BubblewrapVariant;
}

const WITHOUT_SANDBOX = [
  'code in a session runs as you: it can read and change every file that you can',
  'it sees your other processes, and other sessions',
  'it reaches the network as you do, in every network mode: the internet, your loopback ports, the metadata address',
  'its disk use is not limited, its memory only for each process, and its number of processes not at all',
  'processes that detach themselves can outlive the session',
];

/**
 * Decides how sessions are sandboxed. `auto` takes the sandbox where there is one, and goes without only where somebody has
 * agreed to that, in this folder or by AGENTCORE_LOCAL_UNSANDBOXED=allow; `require` never does. Throws where there is none and
 * nobody has agreed, with what to do.
 */
export async function probeIsolation(request: IsolationRequest, node: string): Promise<Isolation> {
  if (request === 'off') {
    return { mode: 'none', reason: 'isolation was switched off', notSandboxed: WITHOUT_SANDBOX };
  }
  const { variant, reason } = await findSandbox(node);
  if (variant !== undefined) {
    return { mode: 'bubblewrap', variant, notSandboxed: gapsOf(variant) };
  }
  if (request === 'auto' && mayRunUnsandboxed()) {
    return { mode: 'none', reason, notSandboxed: WITHOUT_SANDBOX };
  }
  const install = 'Install bubblewrap (for example: apt-get install bubblewrap)';
  throw new Error(
    request === 'require'
      ? `A sandbox is required, but ${reason}. ${install}`
      : `There is no sandbox: ${reason}. ${install}, or, if you would run this code yourself, as you and with your files, ` +
          "go without one: --isolation off (isolation: 'off' in code)",
  );
}

function gapsOf(variant: BubblewrapVariant): string[] {
  return [
    ...(variant.prlimit === undefined
      ? ['memory, CPU time and the number of processes are not limited: prlimit (util-linux) is not installed']
      : []),
    ...(variant.disableUserns
      ? []
      : ['code can make user namespaces inside its own: this bubblewrap is older than 0.8 and cannot forbid it']),
  ];
}

/** Finds out, by trying, whether bubblewrap works here; or why it does not, in one line. */
export async function findSandbox(node: string): Promise<{ variant?: BubblewrapVariant; reason?: string }> {
  if (process.platform !== 'linux') {
    return { reason: `bubblewrap exists for Linux only, and this is ${process.platform}` };
  }
  const bwrap = findProgram('bwrap');
  if (bwrap === undefined) {
    return { reason: 'bubblewrap (bwrap) is not installed' };
  }
  const setpriv = process.getuid?.() === 0 ? findProgram('setpriv') : undefined;
  const prlimit = findProgram('prlimit');
  const { stdout: help } = await run(bwrap, ['--help']).catch(() => ({ stdout: undefined }));
  if (help === undefined) {
    return { reason: `${bwrap} cannot be started` };
  }
  const disableUserns = help.includes('--disable-userns');
  const sizedTmpfs = help.includes('--size');
  if (!sizedTmpfs) {
    return { reason: `${bwrap} is too old: it has no --size (0.7 or newer is needed)` };
  }
  let reason = '';
  for (const drop of setpriv === undefined ? [undefined] : [setpriv, undefined]) {
    for (const nested of disableUserns ? [true, false] : [false]) {
      const variant: BubblewrapVariant = { bwrap, setpriv: drop, prlimit, disableUserns: nested };
      const failure = await tryVariant(variant, node);
      if (failure === undefined) {
        return { variant };
      }
      reason ||= failure;
    }
  }
  return { reason: `bubblewrap does not work here: ${reason}` };
}

/** Starts Node.js in a sandbox as sessions have it; undefined when it ran. */
async function tryVariant(variant: BubblewrapVariant, node: string): Promise<string | undefined> {
  const spec: SandboxSpec = {
    node,
    binds: [],
    limits: { ...DEFAULT_LIMITS, diskBytes: 1_000_000 },
    owner: sandboxOwner(0),
    command: ['/opt/agentcore/bin/node', '-e', 'process.exit(0)'],
  };
  const { command, args } = bubblewrapCommand(variant, spec);
  try {
    await run(command, args, { timeout: 20_000, env: {} });
    return undefined;
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    return (stderr.trim() || message).split('\n').at(-1);
  }
}

/** Users that exist on no machine: one for each session, far above those that distributions hand out. */
const FIRST_OWNER = 1_810_000_000;
const OWNERS = 100_000_000;

/** The host's user id for the processes of the session with this number, when we are root and can choose. */
export function sandboxOwner(number: number): number {
  return FIRST_OWNER + (number % OWNERS);
}

/** The command of a session without a sandbox: limits where the machine can set them. */
export function unsandboxedCommand(
  command: string[],
  limits: SandboxSpec['limits'],
): { command: string; args: string[] } {
  const prlimit = process.platform === 'linux' ? findProgram('prlimit') : undefined;
  const [program = '', ...args] = command;
  return prlimit === undefined
    ? { command: program, args }
    : { command: prlimit, args: [...limitArguments(limits, false), '--', program, ...args] };
}
