import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL_FOLDER } from '../local-folder';
import { checkToken } from './access-key';
import { isLoopback } from './served-hosts';

/** Names the token, for a server and for clients. */
export const TOKEN_VARIABLE = 'AGENTCORE_LOCAL_TOKEN';

/** The token that the environment names. */
export function tokenOfEnvironment(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const token = env[TOKEN_VARIABLE];
  return token ? checkToken(token, TOKEN_VARIABLE) : undefined;
}

/** Where a server on this port leaves its token for clients in the same working directory. */
export function tokenFile(port: string, folder = LOCAL_FOLDER): string {
  return join(folder, 'serve', `${port}.token`);
}

/** Writes a token for nobody but this user. */
export class TokenFile {
  private constructor(readonly path: string) {}

  static write(endpoint: string, token: string): TokenFile {
    const path = tokenFile(new URL(endpoint).port);
    mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
    // A new file, whatever was there before: a link is not followed, and nobody has it open.
    const fresh = `${path}.${process.pid}`;
    rmSync(fresh, { force: true });
    writeFileSync(fresh, `${token}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(fresh, path);
    return new TokenFile(path);
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }
}

/** The token for an emulator that runs already: of the environment, or left by a server on this machine. */
export function findToken(endpoint: string): string | undefined {
  const given = tokenOfEnvironment();
  if (given !== undefined) {
    return given;
  }
  const { hostname, port } = new URL(endpoint);
  if (!isLoopback(hostname.replace(/^\[|\]$/g, ''))) {
    return undefined;
  }
  try {
    return readFileSync(tokenFile(port), 'utf8').trim();
  } catch {
    return undefined;
  }
}
