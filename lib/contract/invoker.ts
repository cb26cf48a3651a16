import type { JsonObject } from './json';
import type { Language, Runtime, ToolName } from './service';

/**
 * What the invoker is called with: one thing to do (`code`, `command`, `script`, `tool` or `task`), in a session of its
 * own unless one is named.
 */
export interface InvokerRequest {
  /** The code to execute. */
  readonly code?: string;
  /** The shell command to execute. */
  readonly command?: string;
  /**
   * A script to run as a process of its own, in the working directory: the path of one of `files`, or an S3 key under the
   * invoker's prefix of the staging bucket (at most 5 MB), which is put there under its own name.
   */
  readonly script?: string;
  /** One of the service's tools, as it is. */
  readonly tool?: ToolRequest;
  /** A command in the background to ask for or to stop; needs `sessionId`. */
  readonly task?: TaskRequest;
  /** Of `code` and `script`. Default: `python`, or by the extension of `script`. */
  readonly language?: Language;
  /** Of `code` and `script`. Default: Python for Python, Deno for the others. */
  readonly runtime?: Runtime;
  /**
   * Runs `code`, `command` or `script` in the background, in a process of its own, and answers at once with a `task` to
   * ask for. The session is left running.
   */
  readonly background?: boolean;
  /** A session to take, left running unless `endSession` is true. Default: a new one, which is stopped at the end. */
  readonly sessionId?: string;
  /**
   * Whether the session is stopped at the end. Default: true for a new session, false for a given one. With `task`: once
   * the task has ended. Not with `background`.
   */
  readonly endSession?: boolean;
  /**
   * Of a new session, in seconds, 1 to 28800. Default: what the construct was given. A session that is stopped at the end
   * never outlives the Lambda by more than half a minute, whatever this says.
   */
  readonly sessionTimeoutSeconds?: number;
  /**
   * How long what is executed may take, in seconds, 1 to 900. Then its session is stopped, which ends it, and the answer
   * says so, with what was printed until then. Default: as long as the Lambda has, which ends with an error.
   */
  readonly timeoutSeconds?: number;
  /** Environment variables of `code`, `command` and `script`; at most 100. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Written to `parameters.json` in the working directory. */
  readonly parameters?: JsonObject;
  /** Files to write before; at most 1000. */
  readonly files?: readonly InputFile[];
  /** What to read back after: paths, or patterns with `*`, `?` and `**`, relative to the working directory; at most 1000. */
  readonly outputs?: readonly string[];
  /**
   * How large files move between S3 and the session: by presigned URLs, so that neither credentials in the session nor
   * memory of the Lambda are needed, or with `aws s3` and the execution role. Default: `url`.
   */
  readonly transfer?: Transfer;
  /** Whether the content blocks are part of the answer. Default: true. */
  readonly contentBlocks?: boolean;
  /**
   * How large the answer may be, in bytes of JSON, 10,000 to 5,500,000: what does not fit goes to the staging bucket. For
   * Step Functions: 200000. Default: 5500000.
   */
  readonly maxAnswerBytes?: number;
}

export type Transfer = 'url' | 'role';

/** A tool and its arguments, as InvokeCodeInterpreter takes them; blobs are base64. */
export interface ToolRequest {
  readonly name: ToolName;
  readonly arguments?: ToolRequestArguments;
}

export interface ToolRequestArguments {
  readonly code?: string;
  readonly language?: Language;
  readonly runtime?: Runtime;
  readonly clearContext?: boolean;
  readonly command?: string;
  readonly path?: string;
  readonly paths?: readonly string[];
  readonly content?: readonly { readonly path: string; readonly text?: string; readonly blob?: string }[];
  readonly directoryPath?: string;
  readonly taskId?: string;
}

/** What is asked of a command in the background. */
export interface TaskRequest {
  /** As `task.id` of the answer that started it. */
  readonly id: string;
  /** Ends it. Default: false. */
  readonly stop?: boolean;
  /** From which byte on its output is wanted. Default: 0. */
  readonly stdoutFrom?: number;
  readonly stderrFrom?: number;
}

/** A file that goes into the session: exactly one of `text`, `base64`, `s3Key` and `s3Prefix`. */
export interface InputFile {
  /** Relative to the working directory, with forward slashes, without `..`. With `s3Prefix`: a folder. */
  readonly path: string;
  readonly text?: string;
  readonly base64?: string;
  /** A key under the invoker's prefix of the staging bucket; to 5 GB. */
  readonly s3Key?: string;
  /** All objects under this prefix, which ends with `/` and is itself under the invoker's. */
  readonly s3Prefix?: string;
  /** What the content must hash to, in hexadecimal digits. Not with `s3Prefix`. */
  readonly sha256?: string;
}

/** How what was executed came out. `running` and `canceled` are of tasks only. */
export const OUTCOMES = ['succeeded', 'failed', 'timedOut', 'running', 'canceled'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What the invoker answers. A failure of the user's code is an answer: see `outcome`. */
export interface InvokerResponse {
  readonly sessionId: string;
  /** Whether the session is over. */
  readonly sessionEnded: boolean;
  readonly outcome: Outcome;
  readonly isError: boolean;
  /** The whole of it, or its beginning and its end where `stdoutFile` says where the whole is. */
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutFile?: StagedObject;
  readonly stderrFile?: StagedObject;
  readonly exitCode?: number;
  /** In seconds, as measured by the service. */
  readonly executionTime?: number;
  /** Every content block, in the service's order. */
  readonly content: readonly AnswerBlock[];
  readonly files: readonly ReturnedFile[];
  /** Of `background` and `task`. */
  readonly task?: TaskState;
  /** Where the whole answer is, if it is too large even without contents. */
  readonly whole?: StagedObject;
}

/** An object that holds what was too large for the answer. */
export interface StagedObject {
  readonly bucket: string;
  readonly s3Key: string;
  readonly bytes: number;
  /** Of the content, in hexadecimal digits. */
  readonly sha256: string;
}

/** A content block. Of `text`, `base64` and `s3Key` at most one: the content, or where it is. */
export interface AnswerBlock {
  readonly type: string;
  readonly bytes?: number;
  readonly sha256?: string;
  readonly contentType?: string;
  readonly text?: string;
  readonly base64?: string;
  readonly bucket?: string;
  readonly s3Key?: string;
  /** Of resources and links. */
  readonly uri?: string;
  readonly name?: string;
  readonly description?: string;
}

/** A file that came back: its content, or where it is in the staging bucket when it is too large to return. */
export interface ReturnedFile {
  readonly path: string;
  readonly bytes: number;
  readonly contentType: string;
  readonly sha256?: string;
  readonly text?: string;
  readonly base64?: string;
  readonly bucket?: string;
  readonly s3Key?: string;
  /** Why it could not be read, e.g. because it does not exist. */
  readonly error?: string;
}

/** A command in the background: ask for it with `{ sessionId, task: { id } }`. */
export interface TaskState {
  readonly id: string;
  readonly status: string;
  /** Where this answer's output ends, in bytes: what to give as `stdoutFrom` and `stderrFrom` for what comes after. */
  readonly stdoutNext: number;
  readonly stderrNext: number;
  /** Whether more than this answer carries has been printed already. */
  readonly more: boolean;
}

/** What the names of the invoker's sessions begin with, by whether they are meant to be left running. */
export const INVOKER_SESSION_NAME = { passing: 'invoker-', kept: 'invoker-kept-' } as const;

/** Limits of requests and answers, in bytes unless their names say otherwise. */
export const INVOKER_LIMITS = {
  maxAnswerBytes: { min: 10_000, max: 5_500_000, default: 5_500_000 },
  timeoutSeconds: { min: 1, max: 900 },
  scriptBytes: 5_000_000,
  /** Of an object that goes into a session, or a file that comes out: the service's own limit, and S3's of one request. */
  objectBytes: 5 * 1024 ** 3,
  /** Of a request, and of what one of its prefixes holds. */
  files: 1_000,
} as const;
