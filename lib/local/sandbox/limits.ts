import { SESSION_SIZE } from '../../contract/service';

/** What one session may use. */
export interface SessionLimits {
  /**
   * Memory in bytes. Default 8 GB, as in the service. Enforced on the private memory of each process (RLIMIT_DATA), and on
   * the session as a whole by looking at it every second.
   */
  readonly memoryBytes: number;
  /** What its files may take together, in bytes. Default 10 GB as in the service, but at most half of the machine's memory where files live in memory. */
  readonly diskBytes: number;
  /** Processes and threads at once. Default 512. */
  readonly processes: number;
  /** CPU time of one process, in seconds. Default 16 hours: 2 virtual CPUs for the longest session. */
  readonly cpuSeconds: number;
}

export const DEFAULT_LIMITS: SessionLimits = {
  memoryBytes: SESSION_SIZE.memoryBytes,
  diskBytes: SESSION_SIZE.diskBytes,
  processes: 512,
  cpuSeconds: 57_600,
};

/** Open files of one process. */
const OPEN_FILES = 4_096;

/** The arguments of util-linux's `prlimit` that put the limits on a process and all it will start. */
export function limitArguments(limits: SessionLimits, countProcesses: boolean): string[] {
  return [
    `--data=${limits.memoryBytes}`,
    `--fsize=${limits.diskBytes}`,
    `--cpu=${limits.cpuSeconds}`,
    `--nofile=${OPEN_FILES}`,
    '--core=0',
    ...(countProcesses ? [`--nproc=${limits.processes}`] : []),
  ];
}
