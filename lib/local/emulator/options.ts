import type { NetworkMode } from '../../contract/service';
import type { AccessKey } from '../listener/access-key';
import type { IsolationRequest } from '../sandbox/isolation';
import type { SessionLimits } from '../sandbox/limits';
import type { EmulatorEvent } from './events';
import type { FaultRule } from './faults';
import type { Latencies } from './latencies';
import type { Quotas } from './quotas';

/** A code interpreter that the emulator has from its start. */
export interface InterpreterDefinition {
  /** Its id or its ARN; clients may use either form of it. */
  readonly id: string;
  /** Default: SANDBOX. VPC is treated like PUBLIC, with private addresses besides. */
  readonly networkMode?: NetworkMode;
  readonly executionRoleArn?: string;
}

export interface EmulatorOptions {
  /** Default: 0, a free one. */
  readonly port?: number;
  /** The address to listen on. Default: 127.0.0.1. */
  readonly host?: string;
  /**
   * Names by which clients may call this machine, beside `localhost` and the address listened on, such as
   * `host.docker.internal`. Requests to other names are refused. Default: none.
   */
  readonly hostNames?: readonly string[];
  /**
   * The secret that clients sign their requests with (as the secret access key of `credentials`), or send as
   * `Authorization: Bearer TOKEN`: 16 to 128 letters, digits, `.`, `_`, `~` or `-`. `false`: none is needed, so that
   * every user of this machine can run code as you; only on a loopback address. Default: a random one.
   */
  readonly token?: string | false;
  /** The only thing that SANDBOX sessions can reach, at this very URL, e.g. `http://127.0.0.1:4566`. */
  readonly s3Endpoint?: string;
  /** What sessions sign their requests to that S3 with. Default: a key that is valid nowhere. */
  readonly s3AccessKey?: AccessKey;
  /** A Python interpreter that has IPython. Without it Python is answered with an error that says so. */
  readonly python?: string;
  /**
   * `auto` (the default) runs sessions in a sandbox, and throws where there is none, unless somebody has agreed to go without
   * one in this folder or by AGENTCORE_LOCAL_UNSANDBOXED=allow; `require` throws then, too; `off` never uses a sandbox.
   */
  readonly isolation?: IsolationRequest;
  /** Besides `aws.codeinterpreter.v1`, which is always there. */
  readonly interpreters?: readonly InterpreterDefinition[];
  /** What one session may use. Defaults: the service's. */
  readonly limits?: Partial<SessionLimits>;
  /** Quotas to enforce; `service` for those of the service. Default: none, so that local work is not slowed down. */
  readonly quotas?: Quotas | 'service';
  /** How long operations take at least; `service` for times like the service's. Default: as long as they take. */
  readonly latencies?: Latencies | 'service';
  /** What goes wrong on purpose. */
  readonly faults?: readonly FaultRule[];
  /** Makes the faults' and latencies' chance repeatable. Default: 1. */
  readonly seed?: number;
  /**
   * Whether `readFiles` answers an empty file with no block at all, as two clients of AWS say that it does. Default: with an
   * empty block.
   */
  readonly omitEmptyFiles?: boolean;
  /** How much faster than the clock sessions reach their timeout, for tests. Default: 1. */
  readonly timeScale?: number;
  /**
   * `host:port` that PUBLIC and VPC sessions may reach though it is no internet address, e.g. a package mirror in
   * the company's network. Default: none.
   */
  readonly publicHosts?: readonly string[];
  /** How many sandboxes are kept ready for sessions to come. Default: 0. */
  readonly poolSize?: number;
  /** Where the emulator keeps its sockets and small files. Default: a folder of this user in the temporary folder. */
  readonly workDirectory?: string;
  /** Called with everything that happens, e.g. to log it. Must not throw. */
  readonly onEvent?: (event: EmulatorEvent) => void;
}
