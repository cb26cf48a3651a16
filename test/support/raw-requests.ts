import { connect } from 'node:net';
import fc from 'fast-check';

/** How many malformed requests each listener gets: few in the suite, 10,000 in `npm run attack`. */
export const FUZZ_REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 1_500);
const AT_ONCE = 20;

/** Does something with each, several at once. */
export async function forEachAtOnce<T>(cases: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const rest = cases.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const one of rest) {
        await work(one);
      }
    }),
  );
}

const head = (line: string, rest: string) =>
  Buffer.from(`${line}\r\nhost: 127.0.0.1\r\nconnection: close\r\n${rest}\r\n`, 'latin1');

/** What is no request of HTTP, or hardly one. */
export const rawRequests = fc.oneof(
  fc
    .uint8Array({ minLength: 20, maxLength: 300 })
    .map((bytes) => Buffer.concat([Buffer.from(bytes), Buffer.from('\r\n\r\n')])),
  fc.string().map((text) => head(`GET ${text} HTTP/1.1`, '')),
  fc.string().map((text) => head('PUT / HTTP/1.1', `content-length: ${text}!\r\n`)),
  fc.string().map((text) => head('POST /x HTTP/1.1', `transfer-encoding: chunked\r\n\r\nz${text}\r\n`)),
  fc.string().map((text) => head('GET / HTTP/1.1', `x-long: ${'x'.repeat(20_000)}${text}\r\n`)),
  fc.constant(head('PUT /x HTTP/9.9', '')),
  fc.constant(head('CONNECT 127.0.0.1:1 HTTP/1.1', '')),
  fc.constant(head('GET / HTTP/1.1', 'upgrade: websocket\r\nconnection: upgrade\r\n')),
);

/** What comes back for these bytes before the server closes the connection. */
export function sendRaw(endpoint: string, bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}
