import type { Duration } from 'aws-cdk-lib';
import type * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { StagingBucket } from '../staging/staging-bucket';

/** The operations of a tool, as agents see them behind the Gateway. */
export enum CodeInterpreterToolOperation {
  /** Run Python code; variables and files stay in the session. */
  EXECUTE_PYTHON = 'execute_python',
  /** Run JavaScript or TypeScript code. */
  EXECUTE_JAVASCRIPT = 'execute_javascript',
  /** Run a shell command. */
  RUN_COMMAND = 'run_command',
  /** Write files into the session. */
  WRITE_FILES = 'write_files',
  /** Read files of the session. */
  READ_FILES = 'read_files',
  /** List files of the session. */
  LIST_FILES = 'list_files',
  /** Start work that may take hours. */
  START_TASK = 'start_task',
  /** Ask for such work, or stop it. */
  GET_TASK = 'get_task',
  /** End the session. */
  STOP_SESSION = 'stop_session',
}

/** Properties of a code interpreter tool. */
export interface CodeInterpreterToolProps {
  /** The interpreter whose sessions it uses. Any code interpreter that aws-cdk-lib's L2 knows. */
  readonly interpreter: bedrockagentcore.ICodeInterpreterCustom;
  /**
   * The Gateway that offers the tool to agents.
   *
   * @default - a new one with IAM authorization, MCP 2025-06-18 and 2025-03-26, and a role that may call this tool only
   */
  readonly gateway?: bedrockagentcore.IGateway;
  /**
   * The name of the Gateway target: letters, digits and single hyphens, at most 100 characters. Agents see operations as
   * `<target name>___<operation>`.
   *
   * @default 'code-interpreter'
   */
  readonly targetName?: string;
  /**
   * The name of the tool, which its sessions, its metrics and its folder in the staging bucket carry: letters, digits and
   * single hyphens, at most 50 characters. It must be unique among the tools of an interpreter.
   *
   * @default - generated from the construct's path
   */
  readonly toolName?: string;
  /**
   * The operations that agents may use, at least one. Without `STOP_SESSION`, sessions last until `sessionTimeout`.
   *
   * @default - all operations
   */
  readonly operations?: CodeInterpreterToolOperation[];
  /**
   * The bucket for files, pictures and output that are too large for an answer, under `tools/<tool name>/`.
   *
   * @default - the interpreter's own staging area; required for an interpreter that has none
   */
  readonly staging?: StagingBucket;
  /**
   * How long a session may live, whether it is used or idle, 1 minute to 8 hours. Agents forget to stop sessions, and an
   * idle session costs until then.
   *
   * @default Duration.minutes(15)
   */
  readonly sessionTimeout?: Duration;
  /**
   * How long one call may take, 1 to 15 minutes. Longer work is a task, which `start_task` starts.
   *
   * @default Duration.minutes(5)
   */
  readonly timeout?: Duration;
  /**
   * The memory of the Lambda in megabytes, 256 to 10240.
   *
   * @default 512
   */
  readonly memorySize?: number;
  /**
   * How many calls may run at once, at least 1: it bounds what a model that calls without end can cost.
   *
   * @default - no limit besides the account's
   */
  readonly reservedConcurrentExecutions?: number;
  /**
   * How long the Lambda's logs are kept. They hold neither code nor data.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;
}
