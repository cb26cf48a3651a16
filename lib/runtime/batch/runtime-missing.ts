import type { ToolResult } from '../session/tool-result';
import type { Driver } from './in-session/driver';
import { lastLine } from './in-session/driver-protocol';

/** The interpreter has nothing that runs the batch's scripts: another session of it would not, either. */
export class RuntimeMissingError extends Error {
  override readonly name = 'RuntimeMissingError';
}

/** As the local emulator says it, and as other runtimes than Deno do. */
const WITHOUT_DENO = /Deno is not (available|defined)|deno: (command )?not found/;

export function throwIfRuntimeMissing(language: Driver['language'], { isError, stderr }: ToolResult): void {
  if (language === 'typescript' && isError && WITHOUT_DENO.test(stderr)) {
    throw new RuntimeMissingError(`scripts in JavaScript and TypeScript run in Deno: ${lastLine(stderr)}`);
  }
}
