import type { Server } from 'node:http';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { NETWORK_MODES, type NetworkMode } from '../../contract/service';
import type { AccessKey } from '../listener/access-key';
import { bubblewrapCommand, OUTPUT_FOLDER, SESSION_ROOT } from './bubblewrap';
import { createEgress, EGRESS_PORT } from './egress';
import { type Isolation, type IsolationRequest, probeIsolation, sandboxOwner, unsandboxedCommand } from './isolation';
import { DEFAULT_LIMITS, type SessionLimits } from './limits';
import { assetPath, findDeno, inspectPython, type PythonInstallation } from './programs';
import { type Forward, parseS3Endpoint, relayTo, type S3Address, SocketServer } from './relay';
import { Sandbox } from './sandbox';
import { WorkDirectory } from './work-directory';

export interface SandboxOptions {
  readonly isolation?: IsolationRequest;
  readonly python?: string;
  readonly s3Endpoint?: string;
  readonly s3AccessKey?: AccessKey;
  readonly limits?: Partial<SessionLimits>;
  readonly workDirectory?: string;
  readonly publicHosts?: readonly string[];
}

/** Whether sessions reach more than S3. */
const REACHES_OUT: Record<NetworkMode, boolean> = { SANDBOX: false, PUBLIC: true, VPC: true };
const OUTBOUND: readonly NetworkMode[] = NETWORK_MODES.filter((mode) => REACHES_OUT[mode]);
const RUN = '/run/agentcore';
const OPT = '/opt/agentcore';

/** Makes sandboxes: knows what this machine has, and owns what sessions share. */
export class SandboxFactory {
  readonly isolation: Isolation;
  readonly python: PythonInstallation | undefined;
  readonly deno: string | undefined;
  readonly limits: SessionLimits;
  readonly #options: SandboxOptions;
  readonly #directory: WorkDirectory;
  readonly #s3: S3Address | undefined;
  readonly #servers: SocketServer[] = [];
  readonly #egress: Server[] = [];
  #count = 0;

  private constructor(
    options: SandboxOptions,
    found: { isolation: Isolation; python?: PythonInstallation; s3?: S3Address; directory: WorkDirectory },
  ) {
    this.#options = options;
    this.isolation = found.isolation;
    this.python = found.python;
    this.deno = findDeno();
    this.#s3 = found.s3;
    this.#directory = found.directory;
    this.limits = effectiveLimits(options.limits, found.isolation);
  }

  static async create(options: SandboxOptions): Promise<SandboxFactory> {
    const s3 = options.s3Endpoint === undefined ? undefined : parseS3Endpoint(options.s3Endpoint);
    const [isolation, python] = await Promise.all([
      probeIsolation(options.isolation ?? 'auto', process.execPath),
      options.python === undefined ? undefined : inspectPython(options.python),
    ]);
    const directory = WorkDirectory.open(options.workDirectory);
    const factory = new SandboxFactory(options, { isolation, python, s3, directory });
    await factory.#prepare();
    return factory;
  }

  /** Starts the processes of a session. Returns at once: see {@link Sandbox.ready}. */
  make(mode: NetworkMode, limits: SessionLimits = this.limits): Sandbox {
    const number = this.#count++;
    return this.isolation.variant === undefined
      ? this.#unsandboxed(number, mode, limits)
      : this.#sandboxed(number, mode, limits);
  }

  /** Removes what belonged to a session that {@link make} made without a sandbox. */
  async close(): Promise<void> {
    for (const proxy of this.#egress) {
      proxy.closeAllConnections();
    }
    await Promise.all(this.#servers.map((server) => server.close()));
    this.#directory.remove();
  }

  async #prepare(): Promise<void> {
    if (this.isolation.mode === 'none') {
      return;
    }
    this.#directory.file(
      'passwd',
      'root:x:0:0::/nonexistent:/bin/false\ngenesis1ptools:x:1000:1000::/session/home:/bin/sh\n',
    );
    this.#directory.file('group', 'root:x:0:\ngenesis1ptools:x:1000:\n');
    this.#directory.file(
      'hosts',
      `127.0.0.1 localhost code-interpreter\n::1 localhost\n${this.#s3?.hostsLine ?? ''}\n`,
    );
    this.#directory.file('resolv.conf', '# No name server: a session resolves only the names of /etc/hosts.\n');
    this.#directory.file('nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files\n');
    if (this.#s3 !== undefined) {
      const path = join(this.#directory.folder('s3'), 's3.sock');
      this.#servers.push(await SocketServer.listen(path, relayTo(this.#s3)));
    }
    for (const mode of OUTBOUND) {
      const proxy = createEgress({ privateAddresses: mode === 'VPC', allowed: this.#options.publicHosts ?? [] });
      this.#egress.push(proxy);
      const path = join(this.#directory.folder(mode), 'egress.sock');
      this.#servers.push(await SocketServer.listen(path, (connection) => proxy.emit('connection', connection)));
    }
  }

  #sandboxed(number: number, mode: NetworkMode, limits: SessionLimits): Sandbox {
    const { variant } = this.isolation;
    if (variant === undefined) {
      throw new Error('no sandbox available');
    }
    const forwards: Forward[] = [];
    const binds = [
      { source: assetPath('agent.cjs'), target: `${OPT}/agent.cjs` },
      { source: assetPath('kernel.py'), target: `${OPT}/kernel.py` },
      ...['passwd', 'group', 'hosts', 'resolv.conf', 'nsswitch.conf'].map((name) => ({
        source: join(this.#directory.path, name),
        target: `/etc/${name}`,
      })),
      ...(this.deno === undefined ? [] : [{ source: this.deno, target: `${OPT}/bin/deno` }]),
      ...pythonBinds(this.python),
    ];
    if (this.#s3 !== undefined) {
      binds.push({ source: join(this.#directory.path, 's3'), target: `${RUN}/s3` });
      forwards.push({
        host: this.#s3.hostsLine === undefined ? this.#s3.host : '127.0.0.1',
        port: this.#s3.port,
        socket: `${RUN}/s3/s3.sock`,
      });
    }
    if (OUTBOUND.includes(mode)) {
      binds.push({ source: join(this.#directory.path, mode), target: `${RUN}/egress` });
      forwards.push({ host: '127.0.0.1', port: EGRESS_PORT, socket: `${RUN}/egress/egress.sock` });
    }
    const owner = sandboxOwner(number);
    const settings = {
      root: SESSION_ROOT,
      output: OUTPUT_FOLDER,
      memoryBytes: limits.memoryBytes,
      node: `${OPT}/bin/node`,
      deno: this.deno === undefined ? undefined : `${OPT}/bin/deno`,
      python: this.python?.executable,
      kernel: `${OPT}/kernel.py`,
      fontCache: this.python?.fontCache,
      forwards,
    };
    const { command, args } = bubblewrapCommand(variant, {
      node: process.execPath,
      binds,
      limits,
      owner,
      command: [`${OPT}/bin/node`, '--no-warnings', `${OPT}/agent.cjs`],
    });
    return new Sandbox({
      command,
      args,
      environment: { ...this.#environment(SESSION_ROOT, mode), AGENTCORE_AGENT: JSON.stringify(settings) },
      cwd: '/',
      ...(variant.setpriv === undefined ? {} : { owner: { uid: owner, gid: owner } }),
    });
  }

  #unsandboxed(number: number, mode: NetworkMode, limits: SessionLimits): Sandbox {
    const root = this.#directory.folder('sessions', String(number));
    const settings = {
      root,
      output: join(root, 'tmp'),
      memoryBytes: 0,
      node: process.execPath,
      deno: this.deno,
      python: this.python?.executable,
      kernel: assetPath('kernel.py'),
      fontCache: this.python?.fontCache,
      forwards: [],
    };
    const { command, args } = unsandboxedCommand([process.execPath, '--no-warnings', assetPath('agent.cjs')], limits);
    const environment = { ...this.#environment(root, mode), AGENTCORE_AGENT: JSON.stringify(settings) };
    return new Sandbox({ command, args, environment, cwd: root, root });
  }

  #proxyVariables(): Record<string, string> {
    const proxy = `http://127.0.0.1:${EGRESS_PORT}`;
    const direct = ['localhost', '127.0.0.1', '::1', ...(this.#s3 === undefined ? [] : [this.#s3.host])].join(',');
    const lower = { http_proxy: proxy, https_proxy: proxy, no_proxy: direct };
    return { ...lower, HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: direct, NODE_USE_ENV_PROXY: '1' };
  }

  /** What a session's processes find in their environment: nothing of ours. */
  #environment(root: string, mode: NetworkMode): Record<string, string> {
    const home = join(root, 'home');
    const sandboxed = this.isolation.mode !== 'none';
    const bin = [
      ...(this.python === undefined ? [] : [dirname(this.python.executable)]),
      ...(sandboxed
        ? [`${OPT}/bin`]
        : [process.execPath, this.deno].filter((path) => path !== undefined).map((path) => dirname(path))),
      '/usr/local/bin',
      '/usr/bin',
      '/bin',
    ];
    return {
      PATH: bin.join(':'),
      HOME: home,
      TMPDIR: join(root, 'tmp'),
      USER: 'genesis1ptools',
      LANG: 'C.UTF-8',
      TERM: 'dumb',
      NO_COLOR: '1',
      PYTHONDONTWRITEBYTECODE: '1',
      IPYTHONDIR: join(home, '.ipython'),
      MPLBACKEND: 'Agg',
      MPLCONFIGDIR: join(home, '.config', 'matplotlib'),
      DENO_DIR: join(home, '.cache', 'deno'),
      DENO_NO_UPDATE_CHECK: '1',
      ...(sandboxed && OUTBOUND.includes(mode) ? this.#proxyVariables() : {}),
      // The service's sessions have their role's credentials from the metadata service.
      ...(this.#options.s3Endpoint === undefined
        ? {}
        : {
            AWS_ENDPOINT_URL_S3: this.#options.s3Endpoint,
            AWS_ACCESS_KEY_ID: this.#options.s3AccessKey?.accessKeyId ?? 'local',
            AWS_SECRET_ACCESS_KEY: this.#options.s3AccessKey?.secretAccessKey ?? 'local',
          }),
    };
  }
}

/** Python's folders, at the same paths inside, except those that are visible anyway. */
function pythonBinds(python: PythonInstallation | undefined): { source: string; target: string }[] {
  const prefixes = (python?.prefixes ?? []).filter((path) => path !== '/usr' && !path.startsWith('/usr/'));
  return prefixes.sort((a, b) => a.length - b.length).map((path) => ({ source: path, target: path }));
}

/** Files live in memory in a sandbox: no more than half of the machine's, unless asked for. */
function effectiveLimits(asked: Partial<SessionLimits> | undefined, isolation: Isolation): SessionLimits {
  const inMemory = isolation.mode === 'bubblewrap';
  const diskBytes = inMemory
    ? Math.min(DEFAULT_LIMITS.diskBytes, Math.floor(totalmem() / 2))
    : DEFAULT_LIMITS.diskBytes;
  return { ...DEFAULT_LIMITS, diskBytes, ...asked };
}
