import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { EmulatorEvent } from './events';
import type { History } from './history';
import type { Metrics } from './metrics';
import type { Session } from './session';

/** What the pages show, each read when a page asks for it. */
export interface PageSources {
  readonly sessions: () => Session[];
  readonly history: History;
  readonly metrics: Metrics;
  readonly isolation: unknown;
  /** The S3 that sessions reach. */
  readonly s3Endpoint?: string;
}

const SHOWN_INVOCATIONS = 100;
const SHOWN_SESSIONS = 200;

/** The page itself holds nothing that is secret: what it shows, it asks for with the token. */
export function isPage({ method, url }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && url === '/';
}

/** What people look at: the page at `/`, what it is made of, and `/metrics`. */
export class Pages {
  readonly #sources: PageSources;
  readonly #watchers = new Set<ServerResponse>();

  constructor(sources: PageSources) {
    this.#sources = sources;
  }

  /** Answers if the path is one of ours. */
  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return false;
    }
    switch (url.pathname) {
      case '/':
        return answer(response, 'text/html; charset=utf-8', readFileSync(join(__dirname, 'assets', 'page.html')));
      case '/metrics':
        return answer(response, 'text/plain; version=0.0.4', this.#sources.metrics.text(this.#sources.sessions()));
      case '/status.json':
        return answer(response, 'application/json', JSON.stringify(this.#status()));
      case '/files.json':
        return answer(response, 'application/json', JSON.stringify(await this.#files(url.searchParams)));
      case '/events':
        return this.#watch(response);
      default:
        return false;
    }
  }

  /** Sends an event to every open page. */
  broadcast(event: EmulatorEvent): void {
    const line = `data: ${JSON.stringify(event)}\n\n`;
    for (const watcher of this.#watchers) {
      watcher.write(line);
    }
  }

  #status(): unknown {
    return {
      isolation: this.#sources.isolation,
      s3Endpoint: this.#sources.s3Endpoint,
      sessions: this.#sources
        .sessions()
        .slice(-SHOWN_SESSIONS)
        .reverse()
        .map(({ sessionId, interpreterId, name, status, createdAt, endedBy, sessionTimeoutSeconds }) => ({
          ...{ sessionId, interpreterId, name, status, createdAt, endedBy, sessionTimeoutSeconds },
        })),
      invocations: this.#sources.history.invocations().slice(-SHOWN_INVOCATIONS).reverse(),
    };
  }

  async #files(query: URLSearchParams): Promise<unknown> {
    const session = this.#sources.sessions().find(({ sessionId }) => sessionId === query.get('sessionId'));
    if (session === undefined || session.status === 'TERMINATED') {
      return { files: [] };
    }
    try {
      return { files: await session.use((sandbox) => sandbox.files.list(query.get('path') ?? '')) };
    } catch (error) {
      return { files: [], error: (error as Error).message };
    }
  }

  #watch(response: ServerResponse): boolean {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': hello\n\n');
    this.#watchers.add(response);
    response.on('close', () => this.#watchers.delete(response));
    return true;
  }
}

function answer(response: ServerResponse, type: string, body: string | Buffer): boolean {
  response.writeHead(200, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
  return true;
}
