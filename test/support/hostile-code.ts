import { readlinkSync } from 'node:fs';

/**
 * Code for a session that would hurt the machine if it ran outside of a sandbox: it kills, fills, forks without end or looks
 * for networks. Such code is written with these functions only, which a lint sees to. They put a guard before it: it
 * does nothing unless it runs in another PID namespace than the tests. Whatever a test gets wrong about the isolation, the
 * machine is safe.
 */
export function hostileShell(command: string): string {
  return `[ -n "$(readlink /proc/self/ns/pid)" ] && [ "$(readlink /proc/self/ns/pid)" != '${hostNamespace()}' ] || { echo 'refused: not in a sandbox' >&2; exit 77; }; ${command}`;
}

export function hostilePython(code: string): string {
  return `import os as _os
if _os.readlink('/proc/self/ns/pid') == '${hostNamespace()}':
    raise SystemError('refused: not in a sandbox')
${code}`;
}

/** The PID namespace of the tests; where there is none, such as on macOS, there is no sandbox and nothing hostile runs. */
export function hostNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return 'none';
  }
}
