import type { Execution } from '../sandbox/sandbox';
import type { ResultBytes } from './large-json';

/** A content block of a result (AWS API model). `data` and `blob` are base64. */
export type ContentBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly data: string; readonly mimeType: string }
  | { readonly type: 'resource'; readonly resource: Resource }
  | {
      readonly type: 'resource_link';
      readonly uri: string;
      readonly name: string;
      readonly description: 'File' | 'Directory';
      readonly mimeType?: string;
      readonly size?: number;
    };

export interface Resource {
  readonly type: 'text' | 'blob';
  readonly uri: string;
  readonly mimeType: string;
  readonly text?: ResultBytes;
  readonly blob?: ResultBytes;
}

export interface StructuredContent {
  readonly taskId?: string;
  readonly taskStatus?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
  /** In seconds. */
  readonly executionTime?: number;
}

/** The payload of the one `result` event of an invocation. */
export interface ToolResult {
  readonly content: ContentBlock[];
  readonly structuredContent?: StructuredContent;
  readonly isError: boolean;
}

export function textResult(text: string, isError = false): ToolResult {
  return { content: [{ type: 'text', text }], isError };
}

/** What an execution came to, in the form of live captures: no trailing newline, stdout before stderr, no empty blocks. */
export function executionResult(
  execution: Execution,
  task: Pick<StructuredContent, 'taskId' | 'taskStatus'> = {},
): ToolResult {
  const stdout = withoutLastNewline(execution.stdout);
  const stderr = withoutLastNewline(execution.stderr);
  return {
    content: [
      ...[stdout, stderr].filter((text) => text !== '').map((text) => ({ type: 'text' as const, text })),
      ...execution.images.map(({ data, mimeType }) => ({ type: 'image' as const, data, mimeType })),
    ],
    structuredContent: {
      ...task,
      stdout,
      stderr,
      exitCode: execution.exitCode,
      executionTime: execution.executionTime,
    },
    isError: execution.exitCode !== 0,
  };
}

function withoutLastNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}
