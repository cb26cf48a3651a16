/**
 * What the construct, the agent and its clients agree on: settings, requests, and the events of an answer.
 */

/** Limits of one prompt: range and default of each. */
export const AGENT_LIMITS = {
  /** Model calls. */
  turns: { min: 1, max: 100, default: 20 },
  toolCalls: { min: 1, max: 500, default: 40 },
  seconds: { min: 10, max: 3_500, default: 600 },
} as const;

export interface AgentLimits {
  readonly turns: number;
  readonly toolCalls: number;
  readonly seconds: number;
}

/** What an agent is told by its environment, as JSON. */
export interface AgentSettings {
  /** The agent's name, which its sessions carry. */
  readonly name: string;
  /** `bedrock:ID`, `openai:URL` or `script:FILE`. */
  readonly model: string;
  /** Added to the agent's own instructions. */
  readonly systemPrompt?: string;
  /** The prefix of the staging bucket whose objects each session gets in its folder {@link AGENT_DATA_FOLDER}. */
  readonly dataPrefix?: string;
  readonly limits: AgentLimits;
}

/**
 * How Bedrock is reached where everything else is a stand-in: with the Region and the credentials of the user. They are not
 * renewed.
 */
export interface AgentModelAccess {
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** Where the objects under the data prefix are in a session. */
export const AGENT_DATA_FOLDER = 'data';

/** Where the Runtime looks for an agent. */
export const AGENT_PORT = 8080;
export const AGENT_SESSION_HEADER = 'x-amzn-bedrock-agentcore-runtime-session-id';
/** The largest request, in bytes: the service's limit of a payload. */
export const AGENT_MAX_BODY_BYTES = 100 * 1024 * 1024;
export const AGENT_PROMPT_MAX_CHARACTERS = 200_000;

/** What the agent is asked. */
export interface AgentRequest {
  readonly prompt: string;
  /** Files for the session, written before the model is asked. */
  readonly files?: readonly AgentInputFile[];
}

/** A file with either text or base64. */
export interface AgentInputFile {
  readonly path: string;
  readonly text?: string;
  readonly base64?: string;
}

/** A chart or another file that a tool has brought back. */
export interface AgentFile {
  readonly path: string;
  readonly contentType: string;
  readonly bytes: number;
  readonly uri?: string;
  /** A link that works for a quarter of an hour. */
  readonly url?: string;
}

/** Why an answer ended. Only with `answered` has the model finished. */
export type AgentStop = 'answered' | 'turnLimit' | 'toolCallLimit' | 'timeLimit' | 'cancelled' | 'refused';

/** The end of an answer: all of it for a client that takes no stream. */
export interface AgentAnswer {
  /** The last text of the model. */
  readonly answer: string;
  readonly stop: AgentStop;
  /** What there is to know beside the answer, such as the limit that has ended it. */
  readonly message?: string;
  readonly model: string;
  readonly toolCalls: number;
  readonly files: readonly AgentFile[];
}

/** What a streaming client is sent, one event each. */
export type AgentEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'toolCall'; readonly id: string; readonly tool: string; readonly input: unknown }
  /** The end of what running code has printed so far. */
  | { readonly type: 'output'; readonly id: string; readonly stdout: string; readonly stderr: string }
  | {
      readonly type: 'toolResult';
      readonly id: string;
      readonly isError: boolean;
      readonly text: string;
      /** What was printed, where all of it is here. */
      readonly stdout?: string;
      readonly files: readonly AgentFile[];
    }
  | ({ readonly type: 'end' } & AgentAnswer)
  | ({ readonly type: 'error' } & AgentFailure);

export interface AgentFailure {
  /** A name for programs. */
  readonly error: string;
  readonly message: string;
}

/** The folder of an agent's own objects in the staging bucket. */
export function agentPrefix(name: string): string {
  return `agents/${name}/`;
}

/** What the names of an agent's sessions begin with. */
export function agentSessionPrefix(name: string): string {
  return `agent-${name}-`;
}
