import * as z from 'zod/mini';
import { CODE_TOOL_LIMITS, type CodeToolName } from '../../contract/code-tools';
import type { InvokerRequest } from '../../contract/invoker';
import { sessionPath } from '../invoker/request-schema';

/** What a call of a tool asks of the invoker's core; in which session is not the tool's business. */
export type ToolRequest = Omit<InvokerRequest, 'sessionId' | 'endSession' | 'sessionTimeoutSeconds'>;

/** A tool that a model can call. */
export interface CodeTool {
  readonly name: CodeToolName;
  readonly title: string;
  /** For the model: what it does, when to use it, what comes back. */
  readonly description: string;
  readonly argumentSchema: z.ZodMiniObject;
  /** Whether nothing in the session changes. */
  readonly readOnly: boolean;
  /**
   * The request for checked arguments; nothing for a tool that is about the session itself.
   *
   * @param args what {@link argumentSchema} has let through
   */
  request(args: never): ToolRequest | undefined;
}

const { codeCharacters, files, timeoutSeconds, textCharacters } = CODE_TOOL_LIMITS;

const program = z.string().check(z.minLength(1), z.maxLength(codeCharacters));

const purpose = z.optional(
  z
    .string()
    .check(
      z.maxLength(500),
      z.describe('What the code is for, in one line, for people who follow along. Not executed.'),
    ),
);

const timeLimit = z.optional(
  z
    .int()
    .check(
      z.minimum(timeoutSeconds.min),
      z.maximum(timeoutSeconds.max),
      z.describe(
        `How many seconds it may run, ${timeoutSeconds.min} to ${timeoutSeconds.max}; ${timeoutSeconds.default} if not given. ` +
          'After that it is ended together with its session, and variables and files are lost. Use start_task for longer work.',
      ),
    ),
);

const outputs = z.optional(
  z
    .array(sessionPath)
    .check(
      z.maxLength(files),
      z.describe(
        'Files to bring back with the answer, such as ["chart.png"]: paths, or patterns with *, ? and **. Pictures are shown.',
      ),
    ),
);

const path = sessionPath.check(z.describe('Relative to the working directory, such as data/sales.csv.'));

/** Types a definition by its own schema: `request` gets what the schema lets through. */
function define<Shape extends z.ZodMiniObject>(
  tool: Omit<CodeTool, 'argumentSchema' | 'request'> & {
    readonly argumentSchema: Shape;
    request(args: z.infer<Shape>): ToolRequest | undefined;
  },
): CodeTool {
  return tool;
}

/**
 * The tools, each with what it says to a model, what it takes, and what it asks of the invoker. The Lambda behind Gateway,
 * the MCP server and the agent all use this table; Gateway's schema and the docs are generated from it.
 */
export const CODE_TOOLS: readonly CodeTool[] = [
  define({
    name: 'execute_python',
    title: 'Run Python',
    description:
      'Runs Python code in an isolated session and returns what it prints. Variables, imports and files stay for later calls ' +
      'in the same session. pandas, numpy and matplotlib are installed. Print what you want to see. Save charts to files ' +
      'and name them in "outputs", or call plt.show(). Output longer than ' +
      `${textCharacters} characters is cut in the middle. Errors come back as text: correct the code and call again.`,
    readOnly: false,
    argumentSchema: z.strictObject({
      code: program.check(z.describe('The Python code.')),
      description: purpose,
      timeoutSeconds: timeLimit,
      outputs,
    }),
    request: ({ code, timeoutSeconds: limit, outputs: wanted }) => ({
      code,
      language: 'python',
      timeoutSeconds: limit ?? timeoutSeconds.default,
      outputs: wanted,
    }),
  }),
  define({
    name: 'execute_javascript',
    title: 'Run JavaScript or TypeScript',
    description:
      'Runs JavaScript or TypeScript in Deno, in the same isolated session, and returns what it prints with console.log. ' +
      'Use it where the user asks for these languages; otherwise prefer execute_python.',
    readOnly: false,
    argumentSchema: z.strictObject({
      code: program.check(z.describe('The code.')),
      language: z.optional(z.enum(['javascript', 'typescript']).check(z.describe('javascript if not given.'))),
      description: purpose,
      timeoutSeconds: timeLimit,
      outputs,
    }),
    request: ({ code, language, timeoutSeconds: limit, outputs: wanted }) => ({
      code,
      language: language ?? 'javascript',
      timeoutSeconds: limit ?? timeoutSeconds.default,
      outputs: wanted,
    }),
  }),
  define({
    name: 'run_command',
    title: 'Run a shell command',
    description:
      'Runs a command with /bin/sh in the working directory of the session and returns its output and exit code. Each call ' +
      'has a new shell: variables and "cd" do not last, files do.',
    readOnly: false,
    argumentSchema: z.strictObject({
      command: program.check(z.describe('The shell command.')),
      timeoutSeconds: timeLimit,
      outputs,
    }),
    request: ({ command, timeoutSeconds: limit, outputs: wanted }) => ({
      command,
      timeoutSeconds: limit ?? timeoutSeconds.default,
      outputs: wanted,
    }),
  }),
  define({
    name: 'write_files',
    title: 'Write files',
    description: `Writes up to ${files} files into the session, such as data to analyse. Folders are created; files that exist are overwritten.`,
    readOnly: false,
    argumentSchema: z.strictObject({
      files: z
        .array(
          z
            .strictObject({
              path,
              text: z.optional(z.string().check(z.describe('The content, for a text file.'))),
              base64: z.optional(z.base64().check(z.describe('The content in base64, for any other file.'))),
            })
            .check(
              z.refine(
                ({ text, base64 }) => (text === undefined) !== (base64 === undefined),
                'must have exactly one of "text" and "base64"',
              ),
            ),
        )
        .check(
          z.minLength(1),
          z.maxLength(files),
          z.describe('The files, each with "path" and either "text" or "base64".'),
        ),
    }),
    request: ({ files: given }) => ({
      tool: {
        name: 'writeFiles',
        arguments: {
          content: given.map(({ path: to, text, base64 }) =>
            base64 === undefined ? { path: to, text } : { path: to, blob: base64 },
          ),
        },
      },
    }),
  }),
  define({
    name: 'read_files',
    title: 'Read files',
    description:
      `Returns files of the session: text as text, cut in the middle above ${textCharacters} characters, pictures as pictures, ` +
      'anything else as a link. To work with data, read it with code instead.',
    readOnly: true,
    argumentSchema: z.strictObject({
      paths: z
        .array(sessionPath)
        .check(
          z.minLength(1),
          z.maxLength(files),
          z.describe('Paths, or patterns with *, ? and **, such as ["out/*.png"].'),
        ),
    }),
    // Listing costs least of what can be asked for; what is wanted are the outputs.
    request: ({ paths }) => ({
      tool: { name: 'listFiles', arguments: { directoryPath: '' } },
      outputs: paths,
      contentBlocks: false,
    }),
  }),
  define({
    name: 'list_files',
    title: 'List files',
    description:
      'Lists the files and folders in a folder of the session, with sizes where they are known. One level deep.',
    readOnly: true,
    argumentSchema: z.strictObject({
      path: z.optional(
        sessionPath.check(
          z.describe('The folder, relative to the working directory; that directory itself if not given.'),
        ),
      ),
    }),
    request: ({ path: folder }) => ({ tool: { name: 'listFiles', arguments: { directoryPath: folder ?? '' } } }),
  }),
  define({
    name: 'start_task',
    title: 'Start long work',
    description:
      'Starts a program that may run for minutes or hours, and returns at once with a task id. Ask for its output with ' +
      'get_task. It runs in a process of its own: it sees the files of the session, but no variables of execute_python.',
    readOnly: false,
    argumentSchema: z.strictObject({
      code: program.check(z.describe('The program, or the shell command.')),
      language: z.optional(
        z.enum(['python', 'javascript', 'typescript', 'shell']).check(z.describe('python if not given.')),
      ),
    }),
    request: ({ code, language = 'python' }) =>
      language === 'shell' ? { command: code, background: true } : { code, language, background: true },
  }),
  define({
    name: 'get_task',
    title: 'Ask for long work',
    description:
      'Tells whether a task still runs, and what it has printed. Pass stdoutFrom and stderrFrom of the last answer for what ' +
      'came after it. Wait between calls: a task that runs is not faster for being asked.',
    readOnly: false,
    argumentSchema: z.strictObject({
      taskId: z
        .string()
        .check(
          z.regex(/^[0-9a-zA-Z-]{1,100}~[0-9a-zA-Z-]{1,100}$/, 'must be the task id that start_task returned'),
          z.describe('The task id that start_task returned.'),
        ),
      stop: z.optional(z.boolean().check(z.describe('Whether to stop the task. false if not given.'))),
      stdoutFrom: offset('stdout'),
      stderrFrom: offset('stderr'),
      outputs,
    }),
    request: ({ taskId: id, stop, stdoutFrom, stderrFrom, outputs: wanted }) => ({
      task: { id, stop, stdoutFrom, stderrFrom },
      outputs: wanted,
    }),
  }),
  define({
    name: 'stop_session',
    title: 'Stop the session',
    description:
      'Ends the session with its variables, files and tasks. Call it when the work is done: a session costs until it ends.',
    readOnly: false,
    argumentSchema: z.strictObject({}),
    request: () => undefined,
  }),
];

function offset(stream: string) {
  return z.optional(
    z
      .int()
      .check(
        z.minimum(0),
        z.maximum(Number.MAX_SAFE_INTEGER),
        z.describe(`From which byte of ${stream} on. 0 if not given.`),
      ),
  );
}

/** The tool of a name, or nothing. */
export function findTool(name: string): CodeTool | undefined {
  return CODE_TOOLS.find((tool) => tool.name === name);
}
