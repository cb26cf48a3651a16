import { parentPort, workerData } from 'node:worker_threads';

/**
 * One execution environment of a Lambda: loads a handler's bundle, with an environment of its own, and calls it for
 * one event after the other. Runs as a worker thread.
 */
interface Invocation {
  readonly event: unknown;
  readonly requestId: string;
  readonly endsAtMs: number;
  readonly clientContext?: object;
}

const { file, exportName } = workerData as { file: string; exportName: string };

type Handler = (event: unknown, context: object) => Promise<unknown>;

try {
  // As Lambda does: loaded before the first event comes. What fails here fails there again, and is reported.
  require(file);
} catch {}

parentPort?.on('message', async ({ event, requestId, endsAtMs, clientContext }: Invocation) => {
  try {
    const handler = (require(file) as Record<string, Handler>)[exportName];
    if (!handler) {
      throw new Error(`${file} does not export ${exportName}`);
    }
    const context = {
      awsRequestId: requestId,
      clientContext,
      getRemainingTimeInMillis: () => Math.max(0, endsAtMs - Date.now()),
    };
    const output = await handler(event, context);
    parentPort?.postMessage({ output: JSON.stringify(output ?? null) });
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    parentPort?.postMessage({ error: { name, message, stack } });
  }
});
