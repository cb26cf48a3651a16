/**
 * The tools that models are given: their names and limits. What each of them does is in the table of lib/runtime/tools.
 */
export const CODE_TOOL_NAMES = [
  'execute_python',
  'execute_javascript',
  'run_command',
  'write_files',
  'read_files',
  'list_files',
  'start_task',
  'get_task',
  'stop_session',
] as const;
export type CodeToolName = (typeof CODE_TOOL_NAMES)[number];

/** Limits of the tools, in characters, bytes or seconds as their names say. */
export const CODE_TOOL_LIMITS = {
  /** Of code or a command, which a model writes. */
  codeCharacters: 200_000,
  /** Files that one call writes, or paths that it asks for. */
  files: 100,
  /** How long code may run. */
  timeoutSeconds: { min: 1, max: 900, default: 120 },
  /** Of one text in an answer: the beginning and the end stay, and the whole is kept elsewhere. */
  textCharacters: 20_000,
  /** Of all texts in an answer. */
  answerCharacters: 60_000,
  /** Of the pictures that one answer carries, before base64; the others are links. */
  pictureBytes: 2_000_000,
} as const;

/** The longest name of a tool, in characters: with the id of a request behind it, a session's name has at most 100. */
export const TOOL_NAME_MAX_LENGTH = 50;

/** What the names of a tool's sessions begin with; the id of the request that started the session follows. */
export function toolSessionPrefix(toolName: string): string {
  return `tool-${toolName}-`;
}

const REQUEST_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a session's name is one that the tool gave, and not one of a tool whose name begins alike. */
export function isToolSession(toolName: string, sessionName: string): boolean {
  const prefix = toolSessionPrefix(toolName);
  return sessionName.startsWith(prefix) && REQUEST_ID.test(sessionName.slice(prefix.length));
}

/** What separates the name of a Gateway target from that of its tool. */
export const GATEWAY_TOOL_SEPARATOR = '___';

/** The file beside a tool handler's bundle that describes the tools to Gateway. */
export const GATEWAY_TOOLS_FILE = 'gateway-tools.json';

/** The metrics of a tool behind Gateway. They are API: alarms and dashboards of others read them. */
export const TOOL_METRICS = {
  namespace: 'CodeInterpreterTool',
  /** Its value is the tool's name. */
  dimension: 'tool',
  calls: 'Calls',
  /** Calls that the service or the tool failed. */
  errors: 'Errors',
  /** Calls with arguments that do not fit, or a session of others. */
  invalidCalls: 'InvalidCalls',
  /** Calls whose code failed. */
  codeFailures: 'CodeFailures',
  /** In milliseconds. */
  duration: 'Duration',
} as const;
