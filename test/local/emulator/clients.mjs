// Runs the npm package bedrock-agentcore (ES modules only) against the emulator, and prints what came back as JSON.
import { CodeInterpreter } from 'bedrock-agentcore/code-interpreter';

const interpreter = new CodeInterpreter({ region: 'us-east-1' });
await interpreter.startSession({ sessionName: 'npm' });
const hello = await interpreter.executeCode({ code: "print('Hello')", language: 'python' });
await interpreter.executeCode({ code: 'kept = 41', language: 'python' });
const state = await interpreter.executeCode({ code: 'kept + 1', language: 'python' });
const script = await interpreter.executeCode({
  code: 'const n: number = 2; console.log(n * 2)',
  language: 'typescript',
});
const command = await interpreter.executeCommand({ command: 'echo out' });
const written = await interpreter.writeFiles({ files: [{ path: 'a.csv', content: 'x,y' }] });
const read = await interpreter.readFiles({ paths: ['a.csv'] });
const listed = await interpreter.listFiles({ path: '' });
const { status } = await interpreter.getSession();
const removed = await interpreter.removeFiles({ paths: ['a.csv'] });
await interpreter.stopSession();
process.stdout.write(JSON.stringify({ hello, state, script, command, written, read, listed, status, removed }));
