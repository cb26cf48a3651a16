import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { standardOutput } from '../terminal';

interface System {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
}

/** Whether a person sits before a screen that the report can be shown on: never in CI, nor over SSH without a display. */
export function isOpenedByDefault({ platform, env }: System, terminal: boolean): boolean {
  if (!terminal || (env.CI ?? '') !== '') {
    return false;
  }
  if (platform === 'darwin' || platform === 'win32') {
    return !env.SSH_CONNECTION && !env.SSH_TTY;
  }
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** Opens a file with the program that the system has for it. Where there is none, nothing happens: its path was printed. */
export async function openReport(path: string, { platform, env }: System = process): Promise<void> {
  const [command, ...args] = openerOf(platform, path);
  const opener = spawn(command, args, { env, stdio: 'ignore', detached: true });
  await Promise.race([once(opener, 'spawn'), once(opener, 'error')]).catch(() => {});
  opener.unref();
}

function openerOf(platform: NodeJS.Platform, path: string): [string, ...string[]] {
  switch (platform) {
    case 'darwin':
      return ['open', path];
    case 'win32':
      return ['cmd', '/c', 'start', '""', path];
    default:
      return ['xdg-open', path];
  }
}

/** Opens a report if that is asked for, or nothing is and somebody is there to see it. */
export async function openIfWanted(path: string, wanted: boolean | undefined): Promise<void> {
  if (wanted ?? isOpenedByDefault(process, standardOutput.interactive)) {
    await openReport(path);
  }
}
