import * as z from 'zod/mini';
import { AGENT_PROMPT_MAX_CHARACTERS, type AgentRequest } from '../../contract/agent';
import { CODE_TOOL_LIMITS } from '../../contract/code-tools';
import { sessionPath } from '../invoker/request-schema';
import { RequestError } from './request-error';

const prompt = z.string('must be text').check(
  z.refine((text) => text.trim() !== '', 'must not be empty'),
  z.maxLength(AGENT_PROMPT_MAX_CHARACTERS, `must have at most ${AGENT_PROMPT_MAX_CHARACTERS} characters`),
);

const file = z
  .strictObject({ path: sessionPath, text: z.optional(z.string()), base64: z.optional(z.base64()) })
  .check(
    z.refine(
      ({ text, base64 }) => (text === undefined) !== (base64 === undefined),
      'must have exactly one of "text" and "base64"',
    ),
  );

const request = z.strictObject({
  prompt,
  files: z.optional(z.array(file).check(z.maxLength(CODE_TOOL_LIMITS.files))),
});

const EXPECTED = 'expected {"prompt": "..."}, optionally with "files": [{"path": "...", "text" or "base64": "..."}]';

/** What a client asks, checked. */
export function parseAgentRequest(body: Uint8Array): AgentRequest {
  const checked = request.safeParse(parseJson(body));
  if (!checked.success) {
    const [first] = checked.error.issues;
    const field = first?.path.join('.') ?? '';
    throw new RequestError(400, `${field === '' ? 'the body' : field}: ${first?.message}; ${EXPECTED}`);
  }
  return checked.data;
}

function parseJson(body: Uint8Array): unknown {
  const text = Buffer.from(body).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestError(400, `the body is ${text.trim() === '' ? 'empty' : 'not JSON'}; ${EXPECTED}`);
  }
}
