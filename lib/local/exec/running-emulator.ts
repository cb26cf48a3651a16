/** What is asked of an emulator that runs already. */
export interface RunningEmulator {
  /** The S3 that its sessions reach, if there is one. */
  readonly s3Endpoint?: string;
}

const PATIENCE_MS = 5_000;

/** Asks an emulator about itself: what is not there is told at once, and not after all attempts of a call. */
export async function runningEmulator(endpoint: string): Promise<RunningEmulator> {
  try {
    const answer = await fetch(new URL('/status.json', endpoint), { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) {
      throw new Error(`HTTP status ${answer.status}`);
    }
    return (await answer.json()) as RunningEmulator;
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = cause instanceof Error && cause.message !== '' ? cause.message : message;
    throw new Error(
      `--endpoint ${endpoint}: no emulator answers there (${reason}); start one with: npx agentcore-local serve`,
    );
  }
}
