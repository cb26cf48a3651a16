import { setTimeout as sleep } from 'node:timers/promises';
import type { OperationName } from './routes';

/** How long operations take at least, in milliseconds: a number, or the bounds of an even distribution. */
export type Latencies = Partial<Record<OperationName, number | readonly [number, number]>>;

/** As field reports have it: a start 0.8 to 1.7 s, an execution about 0.14 s. */
export const SERVICE_LATENCIES: Latencies = {
  StartCodeInterpreterSession: [800, 1_700],
  InvokeCodeInterpreter: [100, 180],
};

/** Waits as the latencies say, for this operation. */
export async function delay(latencies: Latencies, operation: OperationName, random: () => number): Promise<void> {
  const latency = latencies[operation];
  if (latency !== undefined) {
    const [low, high] = typeof latency === 'number' ? [latency, latency] : latency;
    await sleep(low + random() * (high - low));
  }
}
