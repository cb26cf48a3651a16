import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { MANAGED_INTERPRETER_ID } from '../../contract/service';
import { Deadline } from '../../runtime/deadline';
import { Interpreter } from '../../runtime/session/interpreter';
import { ObjectStore } from '../../runtime/staging/object-store';
import { InterpreterBackend } from '../../runtime/tools/interpreter-backend';
import { LOCAL_BUCKET } from '../runner/user-services';
import { PRINTED } from './batch-script';

const CHECK_SECONDS = 600;
/** Another name than the analysis knows: items of a batch have any. */
const ITEM_INPUT = 'item-1.input';

/**
 * Runs a script once, in a session of its own on this machine, as an item of a batch with this file.
 *
 * @param expected what the agent's last step printed; without it, only that the script ends well is checked
 * @throws if the script fails, leaves no row, or prints something else than the agent's code did
 */
export async function checkBatchScript(script: string, file: string, expected: string | undefined): Promise<void> {
  const deadline = Deadline.inSeconds(CHECK_SECONDS);
  const call = { requestId: randomUUID(), deadline };
  const backend = new InterpreterBackend({
    interpreter: new Interpreter(MANAGED_INTERPRETER_ID),
    store: new ObjectStore(LOCAL_BUCKET),
    prefix: 'script-check/',
    sessionTimeoutSeconds: 2 * CHECK_SECONDS,
    sessionPrefix: 'script-check-',
  });
  const item = { id: ITEM_INPUT, input: ITEM_INPUT, parameters: {}, output: 'output' };
  const sessionId = await backend.startSession(call);
  try {
    const { outcome, stderr, stdout, files } = await backend.run(
      {
        sessionId,
        command: 'mkdir -p output && python3 analysis.py',
        files: [
          { path: 'analysis.py', text: script },
          { path: 'item.json', text: JSON.stringify(item) },
          { path: ITEM_INPUT, base64: (await readFile(file)).toString('base64') },
        ],
        outputs: ['output/result.json'],
        timeoutSeconds: CHECK_SECONDS,
      },
      call,
    );
    if (outcome !== 'succeeded') {
      throw new Error(`the script ${outcome} when it was tried on ${file}:\n${(stderr || stdout).trimEnd()}`);
    }
    const row = files.find(({ error }) => error === undefined)?.text;
    if (row === undefined) {
      throw new Error(`the script left no output/result.json when it was tried on ${file}`);
    }
    const printed = String(JSON.parse(row)[PRINTED]);
    if (expected !== undefined && !printed.trimEnd().endsWith(expected.trim())) {
      throw new Error(
        `the script prints something else than the agent's code did, so it is not the same analysis. A value on the last line of code, without print(), shows in a session only:\n${printed.trimEnd()}`,
      );
    }
  } finally {
    await backend.stopSession(sessionId);
  }
}
