import { notFound, ServiceError } from '../errors';
import { executionResult, type ToolResult, textResult } from '../result';
import type { CommandTasks } from '../tasks';
import type { ToolArguments } from './arguments';

export function startCommandExecution(tasks: CommandTasks, { command = '' }: ToolArguments): ToolResult {
  const { taskId, status } = tasks.start(command);
  return { content: [], structuredContent: { taskId, taskStatus: status, stdout: '', stderr: '' }, isError: false };
}

export function getTask(tasks: CommandTasks, { taskId = '' }: ToolArguments): ToolResult {
  const task = tasks.get(taskId);
  if (task === undefined) {
    throw notFound(`Task ${taskId} was not found in this session`);
  }
  const about = { taskId, taskStatus: task.status };
  if (task.execution === undefined) {
    return { content: [], structuredContent: { ...about, stdout: '', stderr: '' }, isError: task.status === 'failed' };
  }
  const result = executionResult(task.execution, about);
  // Its end was asked for: not an error.
  return task.status === 'canceled' ? { ...result, isError: false } : result;
}

export function stopTask(tasks: CommandTasks, { taskId = '' }: ToolArguments): ToolResult {
  const task = tasks.get(taskId);
  if (task === undefined) {
    throw notFound(`Task ${taskId} was not found in this session`);
  }
  if (!tasks.stop(taskId)) {
    throw new ServiceError('ConflictException', `Task ${taskId} is already ${task.status}`);
  }
  return {
    ...textResult('Successfully canceled a command execution task'),
    structuredContent: { taskId, taskStatus: 'canceled', stdout: '', stderr: '' },
  };
}
