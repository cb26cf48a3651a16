import type { CallToolResult } from '@modelcontextprotocol/server';
import type { AnswerData } from '../../runtime/tools/answer-schema';
import type { ToolAnswer } from '../../runtime/tools/tool-answer';

/** A file of a session, as clients read it. */
export function sessionFileUri(sessionId: string, path: string): string {
  return `session://${sessionId}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** An answer in the form of MCP: text and pictures for the model, links to files, and all of it as data. */
export function mcpResult({ isError, text, pictures, data }: ToolAnswer): CallToolResult {
  return {
    isError,
    content: [
      { type: 'text', text },
      ...pictures.map(({ base64, contentType }) => ({ type: 'image' as const, data: base64, mimeType: contentType })),
      ...links(data),
    ],
    structuredContent: { ...data },
  };
}

function links({ sessionId, sessionEnded, files = [], pictures = [], stdoutUri, stderrUri }: AnswerData) {
  const kept = [
    ...[stdoutUri, stderrUri].flatMap((uri) =>
      uri === undefined ? [] : [link(uri, uri.split('/').at(-1) ?? uri, 'text/plain')],
    ),
    ...pictures.flatMap(({ uri, path, contentType }) => (uri === undefined ? [] : [link(uri, path, contentType)])),
  ];
  if (sessionId === undefined || sessionEnded) {
    return kept;
  }
  const readable = files.filter(({ error }) => error === undefined);
  return [
    ...kept,
    ...readable.map(({ path, contentType, bytes }) => ({
      ...link(sessionFileUri(sessionId, path), path, contentType),
      size: bytes,
    })),
  ];
}

function link(uri: string, name: string, mimeType: string) {
  return { type: 'resource_link' as const, uri, name, mimeType };
}
