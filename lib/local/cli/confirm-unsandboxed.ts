import { createInterface } from 'node:readline/promises';
import { findSandbox, type IsolationRequest } from '../sandbox/isolation';
import { mayRunUnsandboxed, rememberUnsandboxed } from '../sandbox/unsandboxed-consent';

/** The terminal, or what stands in for it in tests. */
export interface Terminal {
  readonly interactive: boolean;
  ask(question: string): Promise<string>;
}

/**
 * Asks once for each folder, before code runs without a sandbox for the first time. Where nobody can be asked, starting the
 * emulator is what fails. Throws when the answer is no.
 */
export async function confirmUnsandboxed(isolation: IsolationRequest, terminal = standardTerminal()): Promise<void> {
  if (isolation !== 'auto' || !terminal.interactive || mayRunUnsandboxed()) {
    return;
  }
  const { variant, reason } = await findSandbox(process.execPath);
  if (variant !== undefined) {
    return;
  }
  const answer = await terminal.ask(
    `There is no sandbox here (${reason}): code will run as you, with your files and your network.\n` +
      `Run code of ${process.cwd()} without a sandbox, now and from now on? [y/N] `,
  );
  if (!/^y(es)?$/i.test(answer.trim())) {
    throw new Error('Nothing was run. Install bubblewrap for a sandbox');
  }
  rememberUnsandboxed();
}

function standardTerminal(): Terminal {
  return {
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true && !process.env.CI,
    ask: async (question) => {
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
  };
}
