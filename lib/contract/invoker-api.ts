/** What callers of the invoker import, as `cdk-agentcore-code-interpreter/invoker`. */
export { ErrorName } from './errors';
export {
  type AnswerBlock,
  INVOKER_LIMITS,
  type InputFile,
  type InvokerRequest,
  type InvokerResponse,
  OUTCOMES,
  type Outcome,
  type ReturnedFile,
  type StagedObject,
  type TaskRequest,
  type TaskState,
  type ToolRequest,
  type ToolRequestArguments,
  type Transfer,
} from './invoker';
export type { JsonObject, JsonValue } from './json';
