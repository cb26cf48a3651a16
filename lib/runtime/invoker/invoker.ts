import { ErrorName } from '../../contract/errors';
import type { InputFile, InvokerRequest, InvokerResponse, ReturnedFile } from '../../contract/invoker';
import type { JsonObject } from '../../contract/json';
import { Deadline } from '../deadline';
import { NamedError } from '../named-error';
import type { Interpreter, ToolCall } from '../session/interpreter';
import { filesOf, type ToolResult, textOf } from '../session/tool-result';
import { contentTypeOf } from '../staging/content-type';
import type { ObjectStore } from '../staging/object-store';

/** What is left of the time at the end for stopping the session, in seconds. */
export const STOP_SECONDS = 20;
/** A file above this size goes to the staging bucket: an answer of Lambda holds 6 MB, base64 makes a third more. */
const INLINE_FILE_BYTES = 1_000_000;
const INLINE_FILES_BYTES = 3_000_000;

export interface InvokerEnvironment {
  readonly interpreter: Interpreter;
  readonly store: ObjectStore;
  /** Where the invoker's own objects are in the bucket. */
  readonly prefix: string;
  readonly sessionTimeoutSeconds: number;
}

/** One call of the invoker: a session, files in, code or a command, files out, and the session's end. */
export class Invocation {
  constructor(
    private readonly env: InvokerEnvironment,
    private readonly request: InvokerRequest,
    private readonly requestId: string,
    private readonly deadline: Deadline,
  ) {}

  async run(): Promise<InvokerResponse> {
    const { sessionId: given, endSession = given === undefined } = this.request;
    if (given !== undefined) {
      await this.env.interpreter.requireReady(given, this.deadline);
    }
    const sessionId = given ?? (await this.start());
    let answer: Answer;
    try {
      answer = await this.withinTime(this.work(sessionId));
    } catch (error) {
      // A new session whose id no answer tells would be nobody's, so it ends even if it was to be kept.
      if (endSession || given === undefined) {
        await this.stop(sessionId).catch(() => false);
      }
      throw error;
    }
    const sessionEnded = endSession && (await this.stop(sessionId));
    return { sessionId, sessionEnded, ...answer };
  }

  private start(): Promise<string> {
    return this.env.interpreter.start(
      {
        name: 'invoker',
        timeoutSeconds: this.request.sessionTimeoutSeconds ?? this.env.sessionTimeoutSeconds,
        // Lambda's own retry of an asynchronous call has the same request id, and finds the same session.
        token: this.requestId,
      },
      this.deadline,
    );
  }

  /** Has what runs given up in time to stop the session before Lambda's limit. */
  private async withinTime<T>(work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new NamedError(ErrorName.timedOut, "the code did not end before the Lambda's own time limit")),
        this.deadline.secondsLeft * 1000,
      );
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async stop(sessionId: string): Promise<boolean> {
    await this.env.interpreter.stop(sessionId, Deadline.inSeconds(STOP_SECONDS - 5));
    return true;
  }

  private async work(sessionId: string): Promise<Answer> {
    await this.writeFiles(sessionId);
    const result = await this.env.interpreter.invokeOnce(this.toolCall(sessionId), this.deadline);
    const files = await this.readFiles(sessionId);
    return {
      isError: result.isError,
      // executeCommand may answer in its text blocks alone.
      stdout: result.stdout || (result.stderr === '' ? textOf(result) : ''),
      stderr: result.stderr,
      exitCode: result.exitCode,
      executionTime: result.executionTime,
      content: result.content.map(plainBlock),
      files,
    };
  }

  private toolCall(sessionId: string): ToolCall {
    const { code, command, language = 'python', runtime } = this.request;
    return command === undefined
      ? { sessionId, tool: 'executeCode', arguments: { code, language, ...(runtime ? { runtime } : {}) } }
      : { sessionId, tool: 'executeCommand', arguments: { command } };
  }

  private async writeFiles(sessionId: string): Promise<void> {
    const { files = [] } = this.request;
    if (files.length === 0) {
      return;
    }
    const content = await Promise.all(
      files.map(async (file) => ({ path: file.path, blob: await this.contentOf(file) })),
    );
    const written = await this.env.interpreter.invokeIdempotent(
      { sessionId, tool: 'writeFiles', arguments: { content } },
      this.deadline,
    );
    if (written.isError) {
      throw new NamedError(ErrorName.stagingFailed, `writing the files into the session: ${textOf(written)}`);
    }
  }

  private async contentOf(file: InputFile): Promise<Uint8Array> {
    if (file.s3Key === undefined) {
      return file.text === undefined ? Buffer.from(file.base64 ?? '', 'base64') : Buffer.from(file.text, 'utf8');
    }
    if (!file.s3Key.startsWith(this.env.prefix)) {
      const message = `files: s3Key "${file.s3Key}" is outside of the invoker's prefix "${this.env.prefix}"`;
      throw new NamedError(ErrorName.invalidRequest, message);
    }
    try {
      return await this.env.store.bytes(file.s3Key);
    } catch (cause) {
      const where = `s3://${this.env.store.bucket}/${file.s3Key}`;
      throw new NamedError(ErrorName.stagingFailed, `reading ${where}: ${(cause as Error).message}`, { cause });
    }
  }

  /** Each output by itself: one that is missing must not cost the others. */
  private async readFiles(sessionId: string): Promise<ReturnedFile[]> {
    let inlined = 0;
    const returned: ReturnedFile[] = [];
    for (const path of this.request.outputs ?? []) {
      const read = await this.env.interpreter.invokeIdempotent(
        { sessionId, tool: 'readFiles', arguments: { paths: [path] } },
        this.deadline,
      );
      const [content] = filesOf(read).values();
      if (!content || read.isError) {
        const error = textOf(read) || 'there is no such file';
        returned.push({ path, bytes: 0, contentType: contentTypeOf(path), error });
        continue;
      }
      const inline = content.length <= INLINE_FILE_BYTES && inlined + content.length <= INLINE_FILES_BYTES;
      inlined += inline ? content.length : 0;
      returned.push(await this.returned(path, content, inline));
    }
    return returned;
  }

  private async returned(path: string, content: Uint8Array, inline: boolean): Promise<ReturnedFile> {
    const facts = { path, bytes: content.length, contentType: contentTypeOf(path) };
    if (!inline) {
      const s3Key = `${this.env.prefix}${this.requestId}/${path}`;
      await this.env.store.put(s3Key, content, facts.contentType);
      return { ...facts, s3Key };
    }
    const text = textIn(content);
    return text === undefined ? { ...facts, base64: Buffer.from(content).toString('base64') } : { ...facts, text };
  }
}

type Answer = Omit<InvokerResponse, 'sessionId' | 'sessionEnded'>;

/** The text in bytes that are valid UTF-8; nothing for other bytes. */
function textIn(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
}

/** A content block as JSON: bytes become base64. */
function plainBlock(block: ToolResult['content'][number]): JsonObject {
  return JSON.parse(
    JSON.stringify(block, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value)),
  ) as JsonObject;
}
