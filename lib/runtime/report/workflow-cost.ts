import { AWS_PRICES } from '../../contract/aws-prices';

/** What a run used of what is around its sessions: the workflow, its Lambdas, its bucket. */
export interface WorkflowUse {
  readonly items: number;
  /** Output files of all items. */
  readonly files: number;
  readonly sessions: number;
  /** How long all sessions lasted together, in seconds: a worker waits for each, unless its items run in the background. */
  readonly sessionSeconds: number;
  /** How often items that run in the background were looked at. */
  readonly looks: number;
}

/** In US dollars. */
export interface WorkflowCost {
  readonly lambda: number;
  readonly stepFunctions: number;
  readonly s3: number;
}

/** The Lambda that works through items. */
export interface WorkerSize {
  readonly gb: number;
  readonly architecture: keyof typeof AWS_PRICES.lambdaGbSecond;
}

/** As the construct makes it. */
const WORKER: WorkerSize = { gb: 1, architecture: 'arm64' };

/** Of docs/scale.md: of a run without its sessions, of a session, and of a look at an item in the background. */
const TRANSITIONS = { run: 7, session: 7, look: 3 } as const;
const CALLS = { run: 3, session: 3 } as const;
/** A worker is called again before Lambda ends it. In seconds. */
const LONGEST_CALL = 14 * 60;

/** Assumed, since only AWS could tell; in seconds. */
export const ASSUMED_SECONDS = {
  /** Starting a session, warming imports and stopping it. */
  sessionOverhead: 3,
  /** One look at an item that runs in the background, and between two of them. */
  look: 2,
  betweenLooks: 60,
} as const;

/** How often an item that runs in the background is looked at: it is started, waited for, and read. */
export function looksAt(seconds: number): number {
  return 2 + Math.ceil(seconds / ASSUMED_SECONDS.betweenLooks);
}

/** What it costs at list prices: an estimate, see docs/local.md for how it is made. */
export function workflowCost(use: WorkflowUse, worker: WorkerSize = WORKER): WorkflowCost {
  const { items, files, sessions, sessionSeconds, looks } = use;
  const background = looks > 0;
  const seconds = background
    ? sessions * ASSUMED_SECONDS.sessionOverhead + looks * ASSUMED_SECONDS.look
    : sessionSeconds;
  const more = background ? looks : sessions * Math.floor(sessionSeconds / Math.max(1, sessions) / LONGEST_CALL);
  const calls = CALLS.run + sessions * CALLS.session + more;
  const transitions = TRANSITIONS.run + sessions * TRANSITIONS.session + looks * TRANSITIONS.look;
  return {
    lambda: calls * AWS_PRICES.lambdaRequest + seconds * worker.gb * AWS_PRICES.lambdaGbSecond[worker.architecture],
    stepFunctions: transitions * AWS_PRICES.stateTransition,
    // A listing and a write for the result of each item, and a write for each file; a result and an input are read.
    s3: (items * 2 + files) * AWS_PRICES.s3Write + (items * 2 + sessions) * AWS_PRICES.s3Read,
  };
}
