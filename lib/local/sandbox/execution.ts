import type { Frame } from './frames';

/** What was executed came to this. */
export interface Execution {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** In seconds. */
  readonly executionTime: number;
  readonly images: { readonly mimeType: string; readonly data: string }[];
  /** Set when the interpreter itself ended, e.g. `SIGKILL`: its state is gone. */
  readonly died?: string;
}

/** Reads an answer of the session, which is not trusted to be one. */
export function toExecution({ header, tail }: Frame): Execution {
  const [stdoutLength = 0, stderrLength = 0] = Array.isArray(header.lengths) ? (header.lengths as number[]) : [];
  const stderr = tail.toString('utf8', stdoutLength, stdoutLength + stderrLength);
  const extra = [header.failure, header.message].filter((part) => typeof part === 'string');
  const died = typeof header.died === 'string' ? header.died : undefined;
  return {
    exitCode: typeof header.exitCode === 'number' ? header.exitCode : 1,
    stdout: tail.toString('utf8', 0, stdoutLength),
    stderr: [stderr, ...extra].filter((part) => part !== '').join('\n'),
    executionTime: typeof header.executionTime === 'number' ? header.executionTime : 0,
    images: readImages(header.images),
    ...(died === undefined ? {} : { died }),
  };
}

function readImages(value: unknown): Execution['images'] {
  if (!Array.isArray(value)) {
    return [];
  }
  return value.filter(
    (image): image is { mimeType: string; data: string } =>
      typeof image?.mimeType === 'string' && typeof image?.data === 'string',
  );
}
