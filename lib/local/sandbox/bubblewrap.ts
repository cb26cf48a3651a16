import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { limitArguments, type SessionLimits } from './limits';

/** Which of bubblewrap's ways works on this machine. */
export interface BubblewrapVariant {
  readonly bwrap: string;
  /** Set when we are root: sessions then run as a user of their own, who owns nothing on the host. */
  readonly setpriv?: string;
  readonly prlimit?: string;
  /** Whether sessions can be kept from making user namespaces. */
  readonly disableUserns: boolean;
}

/** One sandbox. Paths under `/session`, `/opt/agentcore` and `/run/agentcore` are ours, inside. */
export interface SandboxSpec {
  /** The host's Node.js, which becomes `/opt/agentcore/bin/node`. */
  readonly node: string;
  /** What else of the host is visible, read-only. A missing source is skipped when optional. */
  readonly binds: { readonly source: string; readonly target: string; readonly optional?: boolean }[];
  readonly limits: SessionLimits;
  /** The host's user and group id to run as; used only as root. */
  readonly owner: number;
  readonly command: string[];
}

/** Who code in a session is, inside. */
const INSIDE_ID = '1000';
const SHARED_MEMORY_BYTES = 1024 ** 3;
/** What does not honour TMPDIR writes here; the session's own temporary files count with its others. */
const TEMPORARY_BYTES = 1024 ** 3;
/** What executions have printed and nobody has fetched yet. */
const OUTPUT_BYTES = 1024 ** 3;
export const OUTPUT_FOLDER = '/run/agentcore/output';
export const SESSION_ROOT = '/session';

/** What programs need of the host to run at all: libraries, certificates, fonts, time zones. Nothing of a person's. */
const SYSTEM_FOLDERS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
const SYSTEM_FILES = [
  '/etc/alternatives',
  '/etc/ca-certificates',
  '/etc/crypto-policies',
  '/etc/fonts',
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/localtime',
  '/etc/mime.types',
  '/etc/pki/ca-trust',
  '/etc/pki/tls/certs',
  '/etc/pki/tls/cert.pem',
  '/etc/protocols',
  '/etc/services',
  '/etc/ssl/certs',
  '/etc/ssl/openssl.cnf',
  '/etc/timezone',
];

/**
 * The command line of a sandbox. The environment of the session is that of the process: in an argument, every user of
 * this machine could read the session's keys.
 *
 * As an ordinary user it is one bubblewrap with a user namespace. As root it is two: the outer one, still root, mounts;
 * then setpriv becomes a user who owns nothing; the inner one puts that user into a user namespace. So even a way out
 * of the namespaces would not be root on the host, and the kernel's process limit, which root is exempt from, counts.
 */
export function bubblewrapCommand(variant: BubblewrapVariant, spec: SandboxSpec): { command: string; args: string[] } {
  const limited =
    variant.prlimit === undefined
      ? spec.command
      : [variant.prlimit, ...limitArguments(spec.limits, true), '--', ...spec.command];
  const userNamespace = [
    '--unshare-user',
    '--uid',
    INSIDE_ID,
    '--gid',
    INSIDE_ID,
    ...(variant.disableUserns ? ['--disable-userns'] : []),
  ];
  const { bwrap, setpriv } = variant;
  if (setpriv === undefined) {
    return { command: bwrap, args: [...namespaces(), ...userNamespace, ...mounts(spec), '--', ...limited] };
  }
  const owner = String(spec.owner);
  const become = [setpriv, '--reuid', owner, '--regid', owner, '--clear-groups', '--inh-caps=-all'];
  const inner = [bwrap, '--die-with-parent', ...userNamespace, '--dev-bind', '/', '/', '--chdir', SESSION_ROOT, '--'];
  const capabilities = ['--cap-drop', 'ALL', '--cap-add', 'CAP_SETUID', '--cap-add', 'CAP_SETGID'];
  return {
    command: bwrap,
    args: [...namespaces(), ...capabilities, ...mounts(spec), '--', ...become, '--', ...inner, ...limited],
  };
}

function namespaces(): string[] {
  return [
    '--unshare-pid',
    '--unshare-net',
    '--unshare-ipc',
    '--unshare-uts',
    '--unshare-cgroup-try',
    '--hostname',
    'code-interpreter',
    '--die-with-parent',
    '--new-session',
  ];
}

function mounts(spec: SandboxSpec): string[] {
  return [
    ...['--ro-bind', '/usr', '/usr'],
    ...SYSTEM_FOLDERS.flatMap(systemFolder),
    ...SYSTEM_FILES.filter((path) => existsSync(path)).flatMap((path) => readOnly({ source: path, target: path })),
    ...['--proc', '/proc', '--dev', '/dev'],
    ...['--perms', '1777', '--size', String(SHARED_MEMORY_BYTES), '--tmpfs', '/dev/shm'],
    ...['--perms', '1777', '--size', String(spec.limits.diskBytes), '--tmpfs', SESSION_ROOT],
    // A mount of its own, and not a link into the session: a Python environment may lie under it.
    ...['--perms', '1777', '--size', String(Math.min(TEMPORARY_BYTES, spec.limits.diskBytes)), '--tmpfs', '/tmp'],
    // What processes print is kept apart from their files, so that a full disk can still be reported.
    ...['--dir', '/run', '--dir', '/run/agentcore'],
    ...['--perms', '1777', '--size', String(OUTPUT_BYTES), '--tmpfs', OUTPUT_FOLDER],
    ...['--dir', '/var', '--symlink', '../tmp', '/var/tmp'],
    ...[{ source: spec.node, target: '/opt/agentcore/bin/node' }, ...spec.binds].flatMap(readOnly),
    ...['--remount-ro', '/', '--chdir', SESSION_ROOT],
  ];
}

/** A read-only bind, with its parent folders: bubblewrap would make those for root alone. */
function readOnly({ source, target, optional }: SandboxSpec['binds'][number]): string[] {
  const names = dirname(target).split('/').filter(Boolean);
  const parents = names.map((_, depth) => `/${names.slice(0, depth + 1).join('/')}`);
  return [...parents.flatMap((parent) => ['--dir', parent]), optional ? '--ro-bind-try' : '--ro-bind', source, target];
}

/** `/bin` and its like: a link into `/usr` on current distributions, a folder on older ones. */
function systemFolder(path: string): string[] {
  if (!existsSync(path)) {
    return [];
  }
  return lstatSync(path).isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
}
