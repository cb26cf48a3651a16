/** What a Lambda of the constructs does. */
export type LambdaRole =
  | 'planner'
  | 'worker'
  | 'reporter'
  | 'starter'
  | 'notifier'
  | 'invoker'
  | 'streamingInvoker'
  | 'tool';

/** The key in the template's metadata of each such Lambda under which a {@link LambdaRoleMetadata} is. */
export const LAMBDA_ROLE_METADATA = 'cdk-agentcore-code-interpreter:role';

/**
 * The version of what a runner relies on: roles, requests and responses of the Lambdas, their environment, the layout of
 * keys. It is raised by a change that a runner of the version before cannot work with.
 */
export const PROTOCOL_VERSION = 1;

/** How a runner finds the Lambdas of a batch in a template, and tells whether it can work with them. */
export interface LambdaRoleMetadata {
  readonly role: LambdaRole;
  /** A {@link PROTOCOL_VERSION}, of the package that synthesized the template. */
  readonly protocolVersion: number;
}
