import { BedrockAgentCoreClient } from '@aws-sdk/client-bedrock-agentcore';
import { type Command, InvalidArgumentError } from 'commander';
import { emulatorCredentials } from '../exec/running-emulator';
import type { Lifetime } from '../lifetime';
import { isLoopback } from '../listener/served-hosts';
import { LOCAL_ACCOUNT } from '../runner/local-account';
import { findOrphanedSessions, type OrphanedSession, type Swept, stopSession } from '../sweep/orphaned-sessions';
import { standardOutput } from '../terminal';
import { interruptible } from './interruptible';
import { collect } from './shared-options';

/** A call of the invoker takes 15 minutes at most, and its session ends half a minute later. */
const DEFAULT_AGE = '20m';

/** What the options of `agentcore-local sweep` are parsed into. */
interface SweepCommandOptions {
  readonly interpreter: string;
  readonly olderThan?: number;
  readonly batch: readonly string[];
  readonly tool: readonly string[];
  readonly endpoint?: string;
  readonly region?: string;
  readonly dryRun: boolean;
}

export function addSweepCommand(root: Command): void {
  root
    .command('sweep')
    .description(
      'stops sessions that the invoker, or a batch, has left running; those that callers keep are left alone',
    )
    .requiredOption('--interpreter <id>', 'the id or ARN of the code interpreter')
    .option('--older-than <time>', `how old at least, such as 90s, 20m or 2h (default: ${DEFAULT_AGE})`, secondsOf)
    .option(
      '--batch <name>',
      'sessions whose names begin with NAME- too, as those of the batch NAME do; any number of times; needs --older-than: longer than a run takes',
      collect,
      [],
    )
    .option(
      '--tool <name>',
      'sessions of the tool NAME behind Gateway too; any number of times; needs --older-than: longer than a conversation takes',
      collect,
      [],
    )
    .option('--endpoint <url>', 'an emulator, or an endpoint of your own (default: that of the Region)')
    .option('--region <region>', 'the Region (default: AWS_REGION)')
    .option('--dry-run', 'only tells what would be stopped', false)
    .action(interruptible(sweepCommand));
}

/** Prints a line for each session, and a summary. The exit code is 1 if one could not be stopped. */
async function sweepCommand(lifetime: Lifetime, options: SweepCommandOptions): Promise<void> {
  const { interpreter, batch, tool, dryRun, olderThan = secondsOf(DEFAULT_AGE) } = options;
  if (batch.length > 0 && options.olderThan === undefined) {
    throw new Error(
      '--batch needs --older-than, longer than a run takes: sessions of runs that go on would be stopped',
    );
  }
  if (tool.length > 0 && options.olderThan === undefined) {
    throw new Error(
      '--tool needs --older-than, longer than a conversation takes: sessions of agents that go on would be stopped',
    );
  }
  const client = await lifetime.start(
    () => clientOf(options),
    (started) => started.destroy(),
  );
  const rules = { olderThanSeconds: olderThan, batches: batch, tools: tool };
  const { found, ready } = await lifetime.race(findOrphanedSessions(client, interpreter, rules));
  const counts = { stopped: 0, over: 0, failed: 0 };
  for (const session of found) {
    if (dryRun) {
      print(session, 'would be stopped');
      continue;
    }
    const swept = await lifetime.race(stopSession(client, interpreter, session.sessionId));
    counts[swept.outcome]++;
    print(session, wordsOf(swept));
  }
  const left = `${found.length} of ${ready} running sessions orphaned`;
  const failed = counts.failed > 0 ? `, ${counts.failed} could not be stopped` : '';
  standardOutput.lines(dryRun ? left : `${left}: ${counts.stopped} stopped${failed}`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

function print({ sessionId, name, createdAt }: OrphanedSession, words: string): void {
  standardOutput.lines(`${sessionId}  ${name}  started ${createdAt.toISOString()}: ${words}`);
}

function wordsOf(swept: Swept): string {
  switch (swept.outcome) {
    case 'stopped':
      return 'stopped';
    case 'over':
      return 'had ended already';
    case 'failed':
      return `could not be stopped: ${swept.reason}`;
  }
}

/** For an emulator, the token is found; no credentials need to be set. */
function clientOf({ endpoint, region }: SweepCommandOptions): BedrockAgentCoreClient {
  const local = endpoint !== undefined && isLoopback(new URL(endpoint).hostname.replace(/^\[|\]$/g, ''));
  return new BedrockAgentCoreClient({
    endpoint,
    region: region ?? (local ? LOCAL_ACCOUNT.region : undefined),
    maxAttempts: 6,
    ...(local && { useFipsEndpoint: false, useDualstackEndpoint: false }),
    ...(local && process.env.AWS_ACCESS_KEY_ID === undefined && { credentials: emulatorCredentials(endpoint) }),
  });
}

function secondsOf(text: string): number {
  const [, count = '', unit = ''] = /^(\d+)([smh])$/.exec(text) ?? [];
  if (count === '') {
    throw new InvalidArgumentError('It must be a number with s, m or h, such as 20m.');
  }
  return Number(count) * { s: 1, m: 60, h: 3600 }[unit as 's' | 'm' | 'h'];
}
