import type { JsonObject } from './json';
import type { Language, Runtime } from './service';

/** What the invoker is called with: code or a command, in a session of its own unless one is named. */
export interface InvokerRequest {
  /** The code to execute. Either this or `command`. */
  readonly code?: string;
  /** The shell command to execute. Either this or `code`. */
  readonly command?: string;
  /** Default: `python`. */
  readonly language?: Language;
  /** Default: Python for Python, Deno for the others. */
  readonly runtime?: Runtime;
  /** A session to take, left running unless `endSession` is true. Default: a new one, which is stopped at the end. */
  readonly sessionId?: string;
  /** Whether the session is stopped at the end. Default: true for a new session, false for a given one. */
  readonly endSession?: boolean;
  /** Of a new session, in seconds, 1 to 28800. Default: what the construct was given. */
  readonly sessionTimeoutSeconds?: number;
  /** Files to write before. */
  readonly files?: InputFile[];
  /** Paths of files to read back after, relative to the working directory. */
  readonly outputs?: string[];
}

/** A file that goes into the session: exactly one of `text`, `base64` and `s3Key`. */
export interface InputFile {
  /** Relative to the working directory, with forward slashes, without `..`. */
  readonly path: string;
  readonly text?: string;
  readonly base64?: string;
  /** A key under the invoker's prefix of the staging bucket. */
  readonly s3Key?: string;
}

/** What the invoker answers. A failure of the user's code is an answer: see `isError`. */
export interface InvokerResponse {
  readonly sessionId: string;
  /** Whether the session has been stopped. */
  readonly sessionEnded: boolean;
  readonly isError: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode?: number;
  /** In seconds, as measured by the service. */
  readonly executionTime?: number;
  /** Every content block, as the service sent it. */
  readonly content: JsonObject[];
  readonly files: ReturnedFile[];
}

/** A file that came back: its content, or where it is in the staging bucket when it is too large to return. */
export interface ReturnedFile {
  readonly path: string;
  readonly bytes: number;
  readonly contentType: string;
  readonly text?: string;
  readonly base64?: string;
  readonly s3Key?: string;
  /** Why it could not be read, e.g. because it does not exist. */
  readonly error?: string;
}
