/**
 * Names of the errors that leave a handler. Step Functions matches on them, so they are API.
 */
export const ErrorName = {
  /** The request does not fit the contract; the message names the field. Never worth a retry. */
  invalidRequest: 'InvalidRequest',
  /** The batch's input does not exist, is empty, or holds something that cannot be an item. Never worth a retry. */
  invalidInput: 'InvalidInput',
  /** The service refused for now (throttling, quota, 5xx); nothing was executed. Safe to retry. */
  serviceUnavailable: 'ServiceUnavailable',
  /** The service refused for good (access, validation, a missing interpreter). Not worth a retry. */
  serviceRejected: 'ServiceRejected',
  /** The session ended or was lost while it was in use: what ran in it is unknown. */
  sessionLost: 'SessionLost',
  /** The call did not end in the time that the Lambda has; the message says how far it came. Code that ran has been ended. */
  timedOut: 'TimedOut',
  /** Files could not be moved between S3 and the session. */
  stagingFailed: 'StagingFailed',
  /** More items of a run failed than the batch tolerates. */
  tooManyItemsFailed: 'TooManyItemsFailed',
  /** The script over all results failed. */
  combiningFailed: 'CombiningFailed',
} as const;
export type ErrorName = (typeof ErrorName)[keyof typeof ErrorName];

/** Why an item failed. These stand in results and reports, not in Step Functions. */
export const ItemErrorName = {
  /** The script raised, or ended with a non-zero exit code. */
  scriptFailed: 'ScriptFailed',
  /** The script exceeded the item's timeout and was killed. */
  timedOut: 'TimedOut',
  /** Sessions died while this item ran, again and again. */
  sessionDied: 'SessionDied',
  /** The setup of the session failed, so that no item could run in it. */
  setupFailed: 'SetupFailed',
  /** The input is too large, or could not be read from S3. */
  inputUnreadable: 'InputUnreadable',
  /** Something that the script left cannot be brought back; the message names the file and the reason. */
  outputUnreadable: 'OutputUnreadable',
  /** The script's `result.json` is not a JSON object that can be a row. */
  rowInvalid: 'RowInvalid',
  /** The session lacks the program that runs the script: Deno, for JavaScript and TypeScript. */
  runtimeMissing: 'RuntimeMissing',
  /** No session came to this item: its sessions could not be started, or ended early. */
  notProcessed: 'NotProcessed',
} as const;
export type ItemErrorName = (typeof ItemErrorName)[keyof typeof ItemErrorName];
