import type { CodeInterpreterResult, ContentBlock } from '@aws-sdk/client-bedrock-agentcore';

/** What a tool answered, of however many events it was made. */
export interface ToolResult {
  readonly content: ContentBlock[];
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode?: number;
  /** In seconds. */
  readonly executionTime?: number;
  readonly isError: boolean;
  /** Of commands in the background. */
  readonly taskId?: string;
  readonly taskStatus?: string;
}

/** A stream that ended without a result was cut: nothing is known of what ran. */
export class CutStreamError extends Error {
  override readonly name = 'CutStreamError';
}

/**
 * Puts the events of a stream together. Every live capture carries exactly one result, but the protocol allows
 * several: their texts are joined, and the last word on exit code and time counts.
 */
export function mergeResults(results: CodeInterpreterResult[]): ToolResult {
  const last = results.at(-1);
  if (!last) {
    throw new CutStreamError('the answer ended without a result');
  }
  const structured = results.map((result) => result.structuredContent);
  const lastOf = <T>(values: (T | undefined)[]) => values.filter((value) => value !== undefined).at(-1);
  return {
    content: results.flatMap((result) => result.content ?? []),
    stdout: structured.map((part) => part?.stdout ?? '').join(''),
    stderr: structured.map((part) => part?.stderr ?? '').join(''),
    exitCode: lastOf(structured.map((part) => part?.exitCode)),
    executionTime: lastOf(structured.map((part) => part?.executionTime)),
    isError: results.some((result) => result.isError === true),
    taskId: lastOf(structured.map((part) => part?.taskId)),
    taskStatus: lastOf(structured.map((part) => part?.taskStatus)),
  };
}

/** The text blocks of an answer, e.g. why a tool refused. */
export function textOf(result: ToolResult): string {
  return result.content
    .map((block) => block.text ?? '')
    .join('\n')
    .trim();
}

/**
 * The bytes of the files in an answer of readFiles, by path relative to the working directory. An empty file may have no
 * block in the answer at all: in one that is no error, a file that is missing is empty.
 */
export function filesOf(result: ToolResult): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const { resource } of result.content) {
    if (resource?.uri !== undefined) {
      files.set(pathOf(resource.uri), resource.blob ?? Buffer.from(resource.text ?? '', 'utf8'));
    }
  }
  return files;
}

/** `file:///a%20b.csv` and `file:///a b.csv` are both met; a name with a stray percent sign stays as it is. */
function pathOf(uri: string): string {
  const path = uri.replace(/^file:\/*/, '');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
