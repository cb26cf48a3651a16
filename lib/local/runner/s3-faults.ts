import type { ServerResponse } from 'node:http';
import { seededRandom } from '../emulator/seeded-random';

/**
 * - `slowDown`: a 503; nothing is done.
 * - `reset`: the connection breaks before the request is looked at.
 * - `lostAnswer`: the request is done, and the connection breaks before the answer.
 * - `cutBody`: the answer to a GET breaks off in the middle of its body.
 * - `conflict`: a 409 to a conditional PUT, as for two writes of one key at the same time; nothing is done.
 */
export type S3FaultKind = 'slowDown' | 'reset' | 'lostAnswer' | 'cutBody' | 'conflict';

/** Which requests to the local S3 a fault hits. Of several rules that hit a request, the first counts. */
export interface S3FaultRule {
  readonly kind: S3FaultKind;
  /** The share of the requests that the kind can hit, 0 to 1. Default: 1. */
  readonly share?: number;
  /** The largest number of hits. Default: no limit. */
  readonly times?: number;
}

export interface S3FaultOptions {
  readonly rules: readonly S3FaultRule[];
  /** The same seed gives the same faults for the same sequence of requests. */
  readonly seed: number;
}

type Fauxqs = typeof import('fauxqs', { with: { 'resolution-mode': 'import' }});
type App = ReturnType<Fauxqs['buildApp']>;

/**
 * Makes an S3 fail now and then, as the real one does.
 *
 * @internal
 */
export function injectS3Faults(app: App, { rules, seed }: S3FaultOptions): void {
  const random = seededRandom(seed);
  const entries = rules.map((rule) => ({ rule, left: rule.times ?? Number.POSITIVE_INFINITY }));
  const draw = (method: string, headers: NodeJS.Dict<string | string[]>): S3FaultKind | undefined => {
    for (const entry of entries) {
      if (entry.left > 0 && canHit(entry.rule.kind, method, headers) && random() < (entry.rule.share ?? 1)) {
        entry.left -= 1;
        return entry.rule.kind;
      }
    }
    return undefined;
  };
  app.addHook('onRequest', async (request, reply) => {
    const kind = draw(request.method, request.headers);
    switch (kind) {
      case 'slowDown':
        return reply.code(503).type('application/xml').send(errorBody('SlowDown', 'Please reduce your request rate.'));
      case 'conflict':
        return reply
          .code(409)
          .type('application/xml')
          .send(errorBody('ConditionalRequestConflict', 'A conflicting conditional operation is in progress.'));
      case 'reset':
        reply.hijack();
        request.raw.destroy();
        return reply;
      case 'lostAnswer':
        loseAnswer(reply.raw);
        return;
      case 'cutBody':
        cutBody(reply.raw);
    }
  });
}

function canHit(kind: S3FaultKind, method: string, headers: NodeJS.Dict<string | string[]>): boolean {
  switch (kind) {
    case 'cutBody':
      return method === 'GET';
    case 'conflict':
      return method === 'PUT' && headers['if-none-match'] !== undefined;
    default:
      return true;
  }
}

function errorBody(code: string, message: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}

/** Breaks the connection when the answer would begin: the work has been done by then. */
function loseAnswer(response: ServerResponse): void {
  response.writeHead = () => response.destroy();
}

/** Sends half of the first piece of the body, and breaks the connection. */
function cutBody(response: ServerResponse): void {
  const write = response.write.bind(response) as (piece: Uint8Array, done: () => void) => boolean;
  const cut = (piece: unknown): boolean => {
    const bytes = Buffer.from((piece ?? '') as string);
    response.write = () => true;
    return write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => response.destroy());
  };
  response.write = cut;
  response.end = (piece?: unknown) => {
    if (typeof piece === 'function' || piece === undefined || piece === null) {
      response.destroy();
    } else {
      cut(piece);
    }
    return response;
  };
}
