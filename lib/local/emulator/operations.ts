import { CLIENT_TOKEN_LENGTH, SESSION_NAME_MAX_LENGTH, SESSION_TIMEOUT_SECONDS } from '../../contract/service';
import type { Interpreters } from './interpreters';
import { nextPage } from './pagination';
import type { SessionRegistry } from './registry';
import type { Session } from './session';
import { ClientTokenPattern, checkCertificates, checkFileSystems } from './shared-shapes';
import { Checker, type Fields } from './validation';

/** A request of the data plane, as far as HTTP says. */
export interface OperationInput {
  /** Id or ARN, from the path. */
  readonly identifier: string;
  readonly query: URLSearchParams;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Fields;
}

export interface State {
  readonly interpreters: Interpreters;
  readonly sessions: SessionRegistry;
}

const SESSION_ID = /^[0-9a-zA-Z]{1,40}$/;
const TRACE_MAX = 1_024;

export function startSession({ interpreters, sessions }: State, input: OperationInput): Fields {
  const { body } = input;
  const check = new Checker();
  checkTraceHeaders(input, check);
  const parameters = {
    name: check.string(body.name, 'name', { min: 1, max: SESSION_NAME_MAX_LENGTH }),
    sessionTimeoutSeconds: check.integer(body.sessionTimeoutSeconds, 'sessionTimeoutSeconds', SESSION_TIMEOUT_SECONDS),
    certificates: checkCertificates(body.certificates, check),
    filesystemConfigurations: checkFileSystems(body.filesystemConfigurations, check),
    clientToken: checkClientToken(body.clientToken, check),
  };
  check.finish();
  const session = sessions.start(interpreters.get(input.identifier), parameters);
  return {
    codeInterpreterIdentifier: session.interpreterId,
    sessionId: session.sessionId,
    createdAt: session.createdAt.toISOString(),
  };
}

export function getSession({ interpreters, sessions }: State, { identifier, query }: OperationInput): Fields {
  const sessionId = checkSessionId(query.get('sessionId'));
  const session = sessions.get(interpreters.get(identifier).id, sessionId);
  const { certificates, filesystemConfigurations } = session.start;
  return {
    ...summary(session),
    sessionTimeoutSeconds: session.sessionTimeoutSeconds,
    certificates,
    filesystemConfigurations,
  };
}

export function stopSession({ interpreters, sessions }: State, input: OperationInput): Fields {
  const check = new Checker();
  checkTraceHeaders(input, check);
  checkClientToken(input.body.clientToken, check);
  const sessionId = checkSessionId(input.query.get('sessionId'), check);
  const session = sessions.stop(interpreters.get(input.identifier).id, sessionId);
  return {
    codeInterpreterIdentifier: session.interpreterId,
    sessionId,
    lastUpdatedAt: session.lastUpdatedAt.toISOString(),
  };
}

/** The newest first. */
export function listSessions({ interpreters, sessions }: State, { identifier, body }: OperationInput): Fields {
  const check = new Checker();
  const maxResults = check.integer(body.maxResults, 'maxResults', { min: 1, max: 100 }) ?? 10;
  const nextToken = check.string(body.nextToken, 'nextToken', { min: 1, max: 2_048, pattern: /^\S*$/ });
  const status = check.oneOf(body.status, 'status', ['READY', 'TERMINATED'] as const);
  check.finish();
  const { id } = interpreters.get(identifier);
  const matching = sessions
    .all()
    .filter((session) => session.interpreterId === id && (status === undefined || session.status === status))
    .reverse();
  const page = nextPage(matching, { maxResults, nextToken, keyOf: ({ sessionId }) => sessionId });
  return {
    items: page.items.map((session) => ({ ...summary(session), lastUpdatedAt: session.lastUpdatedAt.toISOString() })),
    nextToken: page.nextToken,
  };
}

function summary({ interpreterId, sessionId, name, status, createdAt }: Session): Fields {
  return { codeInterpreterIdentifier: interpreterId, sessionId, name, status, createdAt: createdAt.toISOString() };
}

/** Throws together with what `check` has collected before. */
export function checkSessionId(given: unknown, check = new Checker()): string {
  const sessionId = check.required(check.string(given, 'sessionId', { pattern: SESSION_ID }), given, 'sessionId');
  check.finish();
  return sessionId ?? '';
}

export function checkTraceHeaders({ headers }: Pick<OperationInput, 'headers'>, check: Checker): void {
  check.string(headers['x-amzn-trace-id'], 'traceId', { max: TRACE_MAX });
  check.string(headers.traceparent, 'traceParent', { max: TRACE_MAX });
}

export function checkClientToken(given: unknown, check: Checker): string | undefined {
  return check.string(given, 'clientToken', { ...CLIENT_TOKEN_LENGTH, pattern: ClientTokenPattern });
}
