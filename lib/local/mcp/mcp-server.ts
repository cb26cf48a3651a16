import {
  McpServer,
  ResourceTemplate,
  type ServerContext,
  type StandardSchemaWithJSON,
} from '@modelcontextprotocol/server';
import { Deadline } from '../../runtime/deadline';
import { CODE_TOOLS, type CodeTool } from '../../runtime/tools/code-tools';
import type { OnOutput } from '../../runtime/tools/tool-backend';
import { ToolExecutor } from '../../runtime/tools/tool-executor';
import { answerJsonSchema, argumentJsonSchema, type SessionNaming } from '../../runtime/tools/tool-schema';
import type { ToolSessions } from '../../runtime/tools/tool-sessions';
import type { LazyTarget } from './lazy-target';
import { mcpResult } from './mcp-answer';
import { ToolResources } from './tool-resources';

/** The longest limit of code, 15 minutes, and time for what is around it. */
const CALL_SECONDS = 960;
/** How much of the end of the output so far is sent, in characters. */
const PROGRESS_CHARACTERS = 2_000;

export interface McpServiceOptions {
  readonly target: LazyTarget;
  readonly sessions: ToolSessions;
  readonly naming: SessionNaming;
  readonly tools: readonly string[];
  readonly version: string;
}

/** The tools as MCP servers: one for each connection or request, which share their sessions. */
export class McpService {
  private readonly executor: ToolExecutor;
  private readonly resources: ToolResources;

  constructor(private readonly options: McpServiceOptions) {
    const { target, sessions, naming, tools } = options;
    this.resources = new ToolResources(target, sessions);
    this.executor = new ToolExecutor({
      backend: target,
      sessions,
      naming,
      allowed: tools,
      places: ({ requestId }) => {
        const locate = async (object: { bucket: string; s3Key: string }) => ({ uri: this.resources.give(object) });
        return {
          locate,
          keep: async (name, content, contentType) => {
            const kept = await target.keep(`${requestId}/${name}`, content, contentType);
            return kept && locate(kept);
          },
          showPictures: true,
        };
      },
    });
  }

  server(): McpServer {
    const { naming, tools, version } = this.options;
    const server = new McpServer({ name: 'agentcore-local', version }, { instructions: instructions(naming) });
    for (const tool of CODE_TOOLS.filter(({ name }) => tools.includes(name))) {
      server.registerTool(
        tool.name,
        {
          title: tool.title,
          description: tool.description,
          inputSchema: passThrough(argumentJsonSchema(tool, naming)),
          outputSchema: passThrough(answerJsonSchema()),
          annotations: annotations(tool),
        },
        async (args, context) => mcpResult(await this.call(tool.name, args, context)),
      );
    }
    server.registerResource(
      'session-file',
      new ResourceTemplate('session://{sessionId}/{+path}', { list: undefined }),
      { title: 'A file of a session', description: 'Answers link to the files that they name.' },
      async ({ href }) => ({ contents: [(await this.resources.read(href)) as never] }),
    );
    server.registerResource(
      'kept-output',
      new ResourceTemplate('s3://{bucket}/{+key}', { list: undefined }),
      { title: 'What was too large for an answer' },
      async ({ href }) => ({ contents: [(await this.resources.read(href)) as never] }),
    );
    return server;
  }

  private call(name: string, args: unknown, { mcpReq, http }: ServerContext) {
    const token = mcpReq._meta?.progressToken;
    const signal = AbortSignal.any([mcpReq.signal, ...(http?.req ? [http.req.signal] : [])]);
    return this.executor.call(name, args, {
      deadline: Deadline.inSeconds(CALL_SECONDS),
      signal,
      ...(token !== undefined && { onOutput: progressTeller(token, mcpReq.notify) }),
    });
  }
}

function progressTeller(progressToken: string | number, notify: ServerContext['mcpReq']['notify']): OnOutput {
  let progress = 0;
  return ({ stdout, stderr }) => {
    progress++;
    const message = (stdout + stderr).slice(-PROGRESS_CHARACTERS);
    // A client that has gone away does not hear it.
    notify({ method: 'notifications/progress', params: { progressToken, progress, message } }).catch(() => {});
  };
}

/** A schema that is shown to clients. Arguments are checked by the executor, whose words a model can act on. */
function passThrough(schema: Record<string, unknown>): StandardSchemaWithJSON<unknown, Record<string, unknown>> {
  const json = () => schema;
  return {
    '~standard': {
      version: 1,
      vendor: 'agentcore-local',
      validate: (value) => ({ value: value as Record<string, unknown> }),
      jsonSchema: { input: json, output: json },
    },
  };
}

function annotations({ name, readOnly }: CodeTool) {
  return {
    readOnlyHint: readOnly,
    // Nothing outside of the session is changed.
    destructiveHint: name === 'stop_session',
    idempotentHint: readOnly,
    openWorldHint: false,
  };
}

function instructions(naming: SessionNaming): string {
  const session =
    naming === 'implicit'
      ? 'All calls share one session, which starts by itself: variables and files stay until stop_session, or until code runs out of time.'
      : 'Each answer names its session. Pass sessionId on to keep variables and files; without it, a new session starts. Call stop_session at the end.';
  return `Runs code in an isolated AgentCore code interpreter session. ${session} Calculate with code instead of guessing.`;
}
