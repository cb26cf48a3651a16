import { CODE_TOOL_NAMES, GATEWAY_TOOL_SEPARATOR, isToolSession, toolSessionPrefix } from '../../contract/code-tools';
import { EnvironmentName } from '../../contract/environment';
import { ErrorName } from '../../contract/errors';
import { invokerEnvironment } from '../invoker/environment';
import { URL_SECONDS } from '../invoker/inputs';
import type { InvokerEnvironment } from '../invoker/invoker';
import { NamedError } from '../named-error';
import { required } from '../settings';
import type { AnswerData } from './answer-schema';
import { InterpreterBackend } from './interpreter-backend';
import type { AnswerPlaces, ToolAnswer } from './tool-answer';
import { ToolExecutor } from './tool-executor';
import { NamedSessions } from './tool-sessions';

/** What Gateway is answered. It puts the JSON into a text block, so pictures are links and not base64. */
export type GatewayAnswer = AnswerData & { readonly isError: boolean };

/** What the Lambda runtime makes of the client context that Gateway sends. */
export interface GatewayClientContext {
  readonly custom?: { readonly bedrockAgentCoreToolName?: unknown };
}

/** The name of the operation, without that of the target before it. */
export function operationOf(clientContext: GatewayClientContext | undefined): string {
  const name = clientContext?.custom?.bedrockAgentCoreToolName;
  if (typeof name !== 'string') {
    throw new NamedError(
      ErrorName.invalidRequest,
      'the client context has no custom.bedrockAgentCoreToolName: this Lambda is called by an AgentCore Gateway; to run code without one, use a CodeInterpreterInvoker',
    );
  }
  return name.split(GATEWAY_TOOL_SEPARATOR).at(-1) ?? '';
}

export function gatewayAnswer({ isError, data }: ToolAnswer): GatewayAnswer {
  return { isError, ...data };
}

let executor: ToolExecutor | undefined;

/** What the construct has set on this Lambda, made once and kept while it is warm. */
export function gatewayExecutor(): ToolExecutor {
  executor ??= executorOf(invokerEnvironment(), required(EnvironmentName.toolName), operations());
  return executor;
}

function executorOf(environment: InvokerEnvironment, toolName: string, allowed: readonly string[]): ToolExecutor {
  const backend = new InterpreterBackend({ ...environment, sessionPrefix: toolSessionPrefix(toolName) });
  const sessions = new NamedSessions(backend, async (sessionId, call) =>
    isToolSession(toolName, await backend.sessionName(sessionId, call)),
  );
  return new ToolExecutor({
    backend,
    sessions,
    naming: 'handle',
    allowed,
    places: ({ requestId }): AnswerPlaces => {
      const locate = async ({ bucket, s3Key }: { bucket: string; s3Key: string }) => ({
        uri: `s3://${bucket}/${s3Key}`,
        url: await environment.store.urlToGet(s3Key, URL_SECONDS),
      });
      return {
        locate,
        keep: async (name, content, contentType) => {
          const kept = await backend.keep(`${requestId}/${name}`, content, contentType);
          return kept && locate(kept);
        },
        showPictures: false,
      };
    },
  });
}

function operations(): readonly string[] {
  const value = JSON.parse(required(EnvironmentName.toolOperations)) as string[];
  return CODE_TOOL_NAMES.filter((name) => value.includes(name));
}
