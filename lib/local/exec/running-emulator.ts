import { type AccessKey, accessKeyOfToken } from '../listener/access-key';
import { signedFetch } from '../listener/signed-fetch';
import { findToken, TOKEN_VARIABLE } from '../listener/token-file';

/** What is asked of an emulator that runs already. */
export interface RunningEmulator {
  /** The S3 that its sessions reach, if there is one. */
  readonly s3Endpoint?: string;
  /** What to sign requests with. */
  readonly credentials: AccessKey;
}

const TIMEOUT_MS = 5_000;

/** What requests to an emulator are signed with: its token, where one is known. One without a token takes anything. */
export function emulatorCredentials(endpoint: string): AccessKey {
  return accessKeyOfToken(findToken(endpoint) ?? 'no-token-is-known');
}

/** Asks an emulator about itself: what is not there is told at once, and not after all attempts of a call. */
export async function runningEmulator(endpoint: string): Promise<RunningEmulator> {
  try {
    const credentials = emulatorCredentials(endpoint);
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await signedFetch(new URL('/status.json', endpoint), credentials, { signal });
    if (answer.status === 403) {
      throw new Error(`it refuses this token: set ${TOKEN_VARIABLE} to the one that serve has printed`);
    }
    if (!answer.ok) {
      throw new Error(`HTTP status ${answer.status}`);
    }
    return { ...((await answer.json()) as RunningEmulator), credentials };
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = cause instanceof Error && cause.message !== '' ? cause.message : message;
    throw new Error(
      `--endpoint ${endpoint}: no emulator answers there (${reason}); start one with: npx agentcore-local serve`,
    );
  }
}
