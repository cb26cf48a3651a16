import { TOOL_NAMES, type ToolName } from '../../../contract/service';
import { cannotParse } from '../errors';
import type { ToolResult } from '../result';
import type { Session } from '../session';
import { Checker, type Fields } from '../validation';
import { checkArguments, type ToolArguments } from './arguments';
import { getTask, startCommandExecution, stopTask } from './command-tasks';
import { executeCode, executeCommand, interpreterOf, type Runtimes } from './execute';
import { listFiles, readFiles, removeFiles, writeFiles } from './files';

/** A tool call whose shape has been checked. */
export interface ToolCall {
  readonly name: ToolName;
  readonly arguments: ToolArguments;
}

/** What each tool cannot do without. */
const REQUIRED: Record<ToolName, (keyof ToolArguments)[]> = {
  executeCode: ['code'],
  executeCommand: ['command'],
  readFiles: ['paths'],
  listFiles: [],
  removeFiles: ['paths'],
  writeFiles: ['content'],
  startCommandExecution: ['command'],
  getTask: ['taskId'],
  stopTask: ['taskId'],
};

/** Checks the body of an InvokeCodeInterpreter request. Throws a ValidationException that names every wrong field. */
export function checkToolCall(body: Fields): ToolCall {
  const check = new Checker();
  const name = check.required(check.oneOf(body.name, 'name', TOOL_NAMES), body.name, 'name');
  const given = check.object(body.arguments, 'arguments') ?? {};
  const args = checkArguments(given, check);
  for (const member of name === undefined ? [] : REQUIRED[name]) {
    check.required(undefined, given[member], `arguments.${member}`);
  }
  check.finish();
  if (name === undefined) {
    throw cannotParse('The request names no tool');
  }
  if (name === 'executeCode') {
    interpreterOf(args.language ?? 'python', args.runtime);
  }
  return { name, arguments: args };
}

/** What tools depend on beside their session. */
export interface ToolConditions {
  readonly runtimes: Runtimes;
  /** Whether `readFiles` answers an empty file with no block. */
  readonly omitEmptyFiles: boolean;
}

/** Calls a tool in a session. */
export function callTool(session: Session, call: ToolCall, conditions: ToolConditions): Promise<ToolResult> {
  return session.use(async (sandbox) => {
    switch (call.name) {
      case 'executeCode':
        return executeCode(sandbox, call.arguments, conditions.runtimes);
      case 'executeCommand':
        return executeCommand(sandbox, call.arguments);
      case 'writeFiles':
        return writeFiles(sandbox, call.arguments);
      case 'readFiles':
        return readFiles(sandbox, call.arguments, conditions.omitEmptyFiles);
      case 'listFiles':
        return listFiles(sandbox, call.arguments);
      case 'removeFiles':
        return removeFiles(sandbox, call.arguments);
      case 'startCommandExecution':
        return startCommandExecution(session.tasks, call.arguments);
      case 'getTask':
        return getTask(session.tasks, call.arguments);
      case 'stopTask':
        return stopTask(session.tasks, call.arguments);
    }
  });
}
