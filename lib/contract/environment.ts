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
  /** Default and largest session timeout that a caller of the invoker may ask for, in seconds. */
  sessionTimeoutSeconds: 'SESSION_TIMEOUT_SECONDS',
} as const;
export type EnvironmentName = (typeof EnvironmentName)[keyof typeof EnvironmentName];
