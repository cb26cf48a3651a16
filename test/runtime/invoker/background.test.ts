import { Deadline } from '../../../lib/runtime/deadline';
import { askTask } from '../../../lib/runtime/invoker/background';
import type { Interpreter, ToolCall } from '../../../lib/runtime/session/interpreter';
import type { ToolResult } from '../../../lib/runtime/session/tool-result';

/** A session that says what the emulator's do not. */
function session(taskStatus: string, files: { stdout: Uint8Array; exit: string }) {
  const nothing: ToolResult = { content: [], stdout: '', stderr: '', isError: false };
  const base64 = (content: Uint8Array | string) => Buffer.from(content).toString('base64');
  const answers: Record<string, (call: ToolCall) => ToolResult> = {
    getTask: () => ({ ...nothing, taskStatus }),
    writeFiles: () => nothing,
    executeCommand: ({ arguments: { command = '' } }) => {
      const marker = command.split(' ').at(-1);
      const read = [
        { path: 'stdout', bytes: files.stdout.length, base64: base64(files.stdout) },
        { path: 'stderr', bytes: 0, base64: '' },
        { path: 'exit', bytes: files.exit.length, base64: base64(files.exit) },
      ];
      return { ...nothing, stdout: `${marker}${JSON.stringify({ read })}` };
    },
  };
  const interpreter = { invokeIdempotent: async (call: ToolCall) => answers[call.tool]?.(call) ?? nothing };
  return {
    interpreter: interpreter as unknown as Interpreter,
    sessionId: '01J',
    deadline: Deadline.inSeconds(60),
    signal: new AbortController().signal,
  };
}

const text = (content: string) => new TextEncoder().encode(content);

describe('a task that is asked for', () => {
  test('has failed if it ended with another code than 0, whatever the service calls that', async () => {
    const ended = session('completed', { stdout: text('out'), exit: '3\n' });
    expect(await askTask(ended, { id: 'a~b' })).toMatchObject({ outcome: 'failed', isError: true, exitCode: 3 });
  });

  test('that runs does not tell half a character: the whole comes with the next answer', async () => {
    const running = session('working', { stdout: text('aü').subarray(0, 2), exit: '' });
    expect(await askTask(running, { id: 'a~b' })).toMatchObject({
      outcome: 'running',
      stdout: 'a',
      task: { stdoutNext: 1 },
    });
  });

  test('that has ended tells what it wrote to the last byte', async () => {
    const ended = session('completed', { stdout: text('aü').subarray(0, 2), exit: '0\n' });
    expect(await askTask(ended, { id: 'a~b', stdoutFrom: 10 })).toMatchObject({
      outcome: 'succeeded',
      stdout: 'a\ufffd',
      task: { stdoutNext: 12, more: false },
    });
  });
});
