/**
 * Limits and names of the Amazon Bedrock AgentCore Code Interpreter service.
 *
 * @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/code-interpreter-tool.html
 */

/** The pattern of a custom interpreter's name (CloudFormation `AWS::BedrockAgentCore::CodeInterpreterCustom`). */
export const INTERPRETER_NAME_PATTERN = /^[a-zA-Z][a-zA-Z0-9_]{0,47}$/;
/** The longest name of a custom interpreter, in characters. */
export const INTERPRETER_NAME_MAX_LENGTH = 48;

/** The identifier of the interpreter that AWS provides in every account. */
export const MANAGED_INTERPRETER_ID = 'aws.codeinterpreter.v1';

/**
 * The Regions whose CloudFormation knows `AWS::BedrockAgentCore::CodeInterpreterCustom`, as of November 2026.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-type-schemas.html
 */
export const REGIONS: readonly string[] = [
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-south-1',
  'ap-south-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-5',
  'ap-southeast-7',
  'ca-central-1',
  'cn-north-1',
  'cn-northwest-1',
  'eu-central-1',
  'eu-isoe-west-1',
  'eu-north-1',
  'eu-south-1',
  'eu-south-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'eusc-de-east-1',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-gov-west-1',
  'us-iso-east-1',
  'us-iso-west-1',
  'us-isob-east-1',
  'us-isob-west-1',
  'us-isof-east-1',
  'us-isof-south-1',
  'us-west-1',
  'us-west-2',
];

/** What the sessions of an interpreter reach. */
export const NETWORK_MODES = ['SANDBOX', 'PUBLIC', 'VPC'] as const;
export type NetworkMode = (typeof NETWORK_MODES)[number];

/** A session's time to live from its start, in seconds: shortest, longest, and the service's default. */
export const SESSION_TIMEOUT_SECONDS = { min: 1, max: 28_800, default: 900 } as const;

/** How long one synchronous InvokeCodeInterpreter may take, in seconds. */
export const SYNC_INVOKE_MAX_SECONDS = 900;

/** How much one request to the service may carry each way, in bytes. */
export const INVOKE_PAYLOAD_MAX_BYTES = 100_000_000;

/** A session's name, in characters. */
export const SESSION_NAME_MAX_LENGTH = 100;

/** A client token's length, in characters. */
export const CLIENT_TOKEN_LENGTH = { min: 33, max: 256 } as const;

/** What a session has (AWS developer guide): virtual CPUs, memory and disk in bytes. */
export const SESSION_SIZE = { vcpus: 2, memoryBytes: 8 * 1024 ** 3, diskBytes: 10 * 1024 ** 3 } as const;

/**
 * Prices of the service in US dollars: active CPU a vCPU-hour, peak memory a GB-hour, both billed by the second.
 *
 * @see https://aws.amazon.com/bedrock/agentcore/pricing/
 */
export const PRICES = { vcpuHour: 0.0895, gbHour: 0.009_45, asOf: '2026-11' } as const;

/** The tools that InvokeCodeInterpreter knows. */
export const TOOL_NAMES = [
  'executeCode',
  'executeCommand',
  'readFiles',
  'listFiles',
  'removeFiles',
  'writeFiles',
  'startCommandExecution',
  'getTask',
  'stopTask',
] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

/** The languages that executeCode knows. */
export const LANGUAGES = ['python', 'javascript', 'typescript'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The runtimes that executeCode knows. JavaScript and TypeScript run in Deno by default. */
export const RUNTIMES = ['python', 'deno', 'nodejs'] as const;
export type Runtime = (typeof RUNTIMES)[number];
