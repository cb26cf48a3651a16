import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { ErrorName } from '../../contract/errors';
import type { Deadline } from '../deadline';
import { Glob } from '../glob';
import { messageOf, NamedError } from '../named-error';
import type { Interpreter } from '../session/interpreter';
import { textOf } from '../session/tool-result';
import helper from './in-session/transfer.py';

/** The invoker's own folder in a session, below the working directory. */
export const FOLDER = '.invoker';
/** How often an answer that was lost is asked for again. */
const ATTEMPTS = 3;

const bytes = z.int().check(z.minimum(0));
const moved = z.array(
  z.object({
    path: z.string(),
    error: z.optional(z.string()),
    bytes: z.optional(bytes),
    sha256: z.optional(z.string()),
  }),
);
const found = z.object({
  files: z.array(
    z.union([
      z.object({ path: z.string(), bytes, sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)) }),
      z.object({ path: z.string(), error: z.string() }),
    ]),
  ),
  missing: z.array(z.string()),
  leftOut: bytes,
});
const parts = z.array(z.object({ path: z.string(), bytes, base64: z.base64() }));

export type Moved = z.infer<typeof moved>;
export type Found = z.infer<typeof found>;

/** One session, with what all of its calls share. */
export interface SessionAccess {
  readonly interpreter: Interpreter;
  readonly sessionId: string;
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
}

/**
 * What runs transfer.py in a session. The session is never trusted: the shape of its answers is checked, and they only
 * ever name what was asked for.
 */
export class Transfer {
  constructor(private readonly session: SessionAccess) {}

  /** Has the session take files from presigned URLs. */
  async fetch(files: { path: string; url: string; bytes: number }[]): Promise<Moved> {
    return (await this.ask({ fetch: files }, z.object({ fetch: moved }))).fetch;
  }

  /** Has the session send files to presigned URLs. */
  async send(files: { path: string; url: string; headers: Record<string, string> }[]): Promise<Moved> {
    return (await this.ask({ send: files }, z.object({ send: moved }))).send;
  }

  /** The files that paths and patterns name, with sizes and hashes. */
  async survey(paths: readonly string[], most: number): Promise<Found> {
    const patterns = paths.map((path) => ({ path, expression: new Glob(path).expression }));
    return (await this.ask({ survey: { patterns, most } }, z.object({ survey: found }))).survey;
  }

  /** Parts of files, and how large these are; a file that is not there is empty. */
  async read(files: { path: string; offset: number; most: number }[]): Promise<{ bytes: number; content: Buffer }[]> {
    const answer = await this.ask({ read: files }, z.object({ read: parts }));
    return answer.read.map((part) => ({ bytes: part.bytes, content: Buffer.from(part.base64, 'base64') }));
  }

  private async ask<T>(spec: object, shape: z.ZodMiniType<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.once(spec);
      if (!(answer as { again?: boolean }).again || attempt === ATTEMPTS) {
        const parsed = shape.safeParse(answer);
        if (parsed.success) {
          return parsed.data;
        }
        throw staging('the session answered what does not fit');
      }
    }
  }

  private async once(spec: object): Promise<unknown> {
    const { interpreter, sessionId, deadline, signal } = this.session;
    const specPath = `${FOLDER}/spec-${randomUUID()}.json`;
    // Nothing that is printed can be taken for the answer.
    const marker = `${randomUUID()}:`;
    const content = [
      { path: `${FOLDER}/transfer.py`, blob: Buffer.from(helper) },
      { path: specPath, blob: Buffer.from(JSON.stringify(spec)) },
    ];
    const written = await interpreter.invokeIdempotent(
      { sessionId, tool: 'writeFiles', arguments: { content }, signal },
      deadline,
    );
    if (written.isError) {
      throw staging(textOf(written));
    }
    const command = `python3 ${FOLDER}/transfer.py ${specPath} ${marker}`;
    const result = await interpreter.invokeIdempotent(
      { sessionId, tool: 'executeCommand', arguments: { command }, signal },
      deadline,
    );
    const printed = result.stdout || textOf(result);
    const line = printed.split('\n').find((candidate) => candidate.startsWith(marker));
    if (line === undefined) {
      throw staging(`python3 in the session ended without an answer: ${(result.stderr || printed).slice(-500)}`);
    }
    try {
      return JSON.parse(line.slice(marker.length));
    } catch (error) {
      throw staging(`the session's answer cannot be read: ${messageOf(error)}`);
    }
  }
}

/** @param reason what went wrong while files were moved */
export function staging(reason: string, cause?: unknown): NamedError {
  return new NamedError(ErrorName.stagingFailed, `moving files: ${reason}`, { cause });
}
