/** Names of the environment variables between a construct and its handler. */
export const EnvironmentName = {
  /** The identifier of the interpreter. */
  interpreterId: 'CODE_INTERPRETER_ID',
  /** The bucket of inputs, outputs and results. */
  stagingBucket: 'STAGING_BUCKET',
  /** The invoker's prefix in the staging bucket. */
  stagingPrefix: 'STAGING_PREFIX',
  /** The batch's settings, as JSON: `BatchSettings` of the contract. */
  batch: 'BATCH_SETTINGS',
  /** Where the script asset is. */
  scriptBucket: 'SCRIPT_BUCKET',
  scriptKey: 'SCRIPT_KEY',
  /** Where the asset of the combining script is. */
  combineBucket: 'COMBINE_BUCKET',
  combineKey: 'COMBINE_KEY',
  /** Where the asset with the files of the sessions' setup is. */
  setupBucket: 'SETUP_BUCKET',
  setupKey: 'SETUP_KEY',
  /** Default and largest session timeout that a caller of the invoker may ask for, in seconds. */
  sessionTimeoutSeconds: 'SESSION_TIMEOUT_SECONDS',
  /** The name of a tool behind Gateway, which its sessions carry. */
  toolName: 'TOOL_NAME',
  /** The operations that the tool offers, as JSON: `CodeToolName[]` of the contract. */
  toolOperations: 'TOOL_OPERATIONS',
  /** The settings of an agent, as JSON: `AgentSettings` of the contract. */
  agentSettings: 'AGENT_SETTINGS',
  /** A path for a Unix socket that an agent listens on instead of the port of AgentCore Runtime. */
  agentSocket: 'AGENT_SOCKET',
  /** How an agent on a developer's machine reaches Bedrock, as JSON: `AgentModelAccess` of the contract. */
  agentModelAccess: 'AGENT_MODEL_ACCESS',
  /** The name of a batch, for Lambdas that do not need all of its settings. */
  batchName: 'BATCH_NAME',
  /** The ARN of a batch's state machine. */
  stateMachineArn: 'STATE_MACHINE_ARN',
  /** The triggers for uploads, as JSON: `UploadTrigger[]` of the contract. */
  uploadTriggers: 'UPLOAD_TRIGGERS',
  /** Who is notified of runs, as JSON: `NotificationTarget[]` of the contract. */
  notificationTargets: 'NOTICE_TARGETS',
} as const;
export type EnvironmentName = (typeof EnvironmentName)[keyof typeof EnvironmentName];
