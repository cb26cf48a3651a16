import {
  type BedrockAgentCoreClient,
  type CodeInterpreterSessionSummary,
  StopCodeInterpreterSessionCommand,
} from '@aws-sdk/client-bedrock-agentcore';
import { isToolSession } from '../../contract/code-tools';
import { INVOKER_SESSION_NAME } from '../../contract/invoker';
import { sessionPrefix } from '../../contract/layout';
import { messageOf, nameOf } from '../../runtime/named-error';
import { readySessions } from '../../runtime/session/ready-sessions';
import { sessionGone } from '../../runtime/session/service-error';

/** Which sessions count as orphaned. */
export interface SweepRules {
  /** At least so old, in seconds. */
  readonly olderThanSeconds: number;
  /** Batches whose sessions are swept too; they are named after the batch. */
  readonly batches: readonly string[];
  /** Tools whose sessions are swept too; they are named after the tool. */
  readonly tools: readonly string[];
}

export interface OrphanedSession {
  readonly sessionId: string;
  readonly name: string;
  readonly createdAt: Date;
}

export interface OrphanedSessions {
  readonly found: OrphanedSession[];
  /** How many sessions are running. */
  readonly ready: number;
}

/** How the end of a session went: `over` if it had ended in the meantime. */
export type Swept = { readonly outcome: 'stopped' | 'over' } | { readonly outcome: 'failed'; readonly reason: string };

/** Finds the sessions of an interpreter that nobody uses any more, the oldest first. */
export async function findOrphanedSessions(
  client: BedrockAgentCoreClient,
  interpreterId: string,
  rules: SweepRules,
  now = new Date(),
): Promise<OrphanedSessions> {
  const found: OrphanedSession[] = [];
  let ready = 0;
  for await (const session of readySessions(interpreterId, (command) => client.send(command))) {
    ready += 1;
    found.push(...orphaned(session, rules, now));
  }
  return { found: found.sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime()), ready };
}

export async function stopSession(
  client: BedrockAgentCoreClient,
  interpreterId: string,
  sessionId: string,
): Promise<Swept> {
  try {
    await client.send(new StopCodeInterpreterSessionCommand({ codeInterpreterIdentifier: interpreterId, sessionId }));
    return { outcome: 'stopped' };
  } catch (error) {
    return sessionGone(error)
      ? { outcome: 'over' }
      : { outcome: 'failed', reason: `${nameOf(error)}: ${messageOf(error)}` };
  }
}

function orphaned(session: CodeInterpreterSessionSummary, rules: SweepRules, now: Date): OrphanedSession[] {
  const { sessionId, name = '', createdAt } = session;
  if (sessionId === undefined || createdAt === undefined || !isOurs(name, rules)) {
    return [];
  }
  const oldEnough = now.getTime() - createdAt.getTime() >= rules.olderThanSeconds * 1000;
  return oldEnough ? [{ sessionId, name, createdAt }] : [];
}

/** What follows the prefix in names of the invoker's: the id of a request of Lambda. */
const REQUEST_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Those that are meant to be left running, and those of others, are not ours to stop. */
function isOurs(name: string, { batches, tools }: SweepRules): boolean {
  const { passing } = INVOKER_SESSION_NAME;
  return (
    (name.startsWith(passing) && REQUEST_ID.test(name.slice(passing.length))) ||
    batches.some((batch) => name.startsWith(sessionPrefix(batch))) ||
    tools.some((tool) => isToolSession(tool, name))
  );
}
