import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AccessKey, accessKeyOfToken, checkToken, randomSecret } from '../listener/access-key';
import { tokenAccess } from '../listener/guard';
import { HttpListener } from '../listener/http-listener';
import { isLoopback } from '../listener/served-hosts';
import { SandboxFactory } from '../sandbox/sandbox-factory';
import { Api } from './api';
import { maxBodyBytes } from './body';
import type { EmulatorEvent, EmulatorEventBody } from './events';
import { Faults } from './faults';
import { History } from './history';
import { Interpreters } from './interpreters';
import { SERVICE_LATENCIES } from './latencies';
import { Metrics } from './metrics';
import type { EmulatorOptions } from './options';
import { isPage, Pages } from './pages';
import { SandboxPool } from './pool';
import { RateLimits, SERVICE_QUOTAS } from './quotas';
import { SessionRegistry } from './registry';
import { seededRandom } from './seeded-random';
import { addressOf, answerError, wordRefusal } from './server';
import type { SessionView } from './session';

/** A running emulator. */
export interface Emulator {
  /** What clients are pointed at, e.g. `http://127.0.0.1:43210`. */
  readonly endpoint: string;
  /** What clients show; missing where none is needed. */
  readonly token?: string;
  /** What AWS clients sign their requests with: the token, as an access key. */
  readonly credentials: AccessKey;
  /** How sessions are sandboxed, and in plain words what the sandbox does not cover. */
  readonly isolation: {
    readonly mode: 'bubblewrap' | 'none';
    readonly reason?: string;
    readonly notSandboxed: readonly string[];
  };
  /** What has happened so far. */
  readonly history: History;
  /** All sessions since the start, oldest first. */
  sessions(): SessionView[];
  /** Ends all sessions and removes everything the emulator made; resolves when no process and no folder is left. */
  stop(): Promise<void>;
}

/** Starts an emulator. Throws when its options cannot be met. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const host = options.host ?? '127.0.0.1';
  if (!isLoopback(host) && options.token === false) {
    throw new Error(`Listening on ${host}, which others can reach, needs a token`);
  }
  const token = options.token === false ? undefined : checkToken(options.token ?? randomSecret(), 'The token');
  const seed = options.seed ?? 1;
  const faults = new Faults(options.faults ?? [], seed);
  const quotas = options.quotas === 'service' ? SERVICE_QUOTAS : (options.quotas ?? {});
  const latencies = options.latencies === 'service' ? SERVICE_LATENCIES : (options.latencies ?? {});
  const factory = await SandboxFactory.create(options);
  const metrics = new Metrics();
  const history = new History();
  const emit = (body: EmulatorEventBody) => {
    if (body.type === 'invocation') {
      history.addInvocation(body.invocation);
    } else if (body.type === 'request') {
      const { type: _type, ...record } = body;
      history.addRequest(record);
    }
    metrics.count(body);
    const event: EmulatorEvent = { at: new Date().toISOString(), ...body };
    pages.broadcast(event);
    options.onEvent?.(event);
  };
  const pool = new SandboxPool(factory, options.poolSize ?? 0);
  const sessions = new SessionRegistry({
    take: (mode) => pool.take(mode),
    emit,
    maxSessions: quotas.sessions ?? Number.POSITIVE_INFINITY,
    timeScale: options.timeScale ?? 1,
  });
  const interpreters = new Interpreters(options.interpreters ?? []);
  const runtimes = { python: factory.python !== undefined, deno: factory.deno !== undefined };
  const { isolation } = factory;
  const pages = new Pages({
    sessions: () => sessions.all(),
    history,
    metrics,
    isolation,
    s3Endpoint: options.s3Endpoint,
  });
  const api = new Api(
    { interpreters, sessions },
    {
      runtimes,
      omitEmptyFiles: options.omitEmptyFiles ?? false,
      faults,
      latencies,
      rates: new RateLimits(quotas),
      random: seededRandom(seed + 1),
    },
    emit,
  );
  const serve = async (request: IncomingMessage, response: ServerResponse, body: Buffer) => {
    response.setHeader('x-amzn-requestid', randomUUID());
    try {
      const url = addressOf(request);
      if (!(await pages.handle(request, response, url))) {
        await api.handle(request, response, url, body);
      }
    } catch (error) {
      answerError(response, error);
    }
  };
  const server = await HttpListener.listen({
    host,
    port: options.port,
    hostNames: options.hostNames,
    access: { ...tokenAccess(token), isOpen: isPage },
    wordRefusal,
    service: { serve, maxBodyBytes },
  }).catch(async (error: Error) => {
    await pool.close();
    await factory.close();
    throw error;
  });
  const { mode, reason, notSandboxed } = isolation;
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await Promise.all([server.close(), sessions.close(), pool.close()]);
    await factory.close();
  };
  return {
    endpoint: server.endpoint,
    ...(token === undefined ? {} : { token }),
    credentials: accessKeyOfToken(token ?? 'none-is-needed'),
    isolation: { mode, notSandboxed, ...(reason === undefined ? {} : { reason }) },
    history,
    sessions: () => sessions.all(),
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}
