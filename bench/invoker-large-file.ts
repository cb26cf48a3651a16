/**
 * Moves a large object through a session, S3 to session to S3, by presigned URLs, and tells how much memory the handler
 * took: `npm run bench:invoker [MEGABYTES]`. The handler's bundle runs in a process of its own; the S3 here
 * is one on the disk, which only knows what this needs.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { InvokerResponse } from '../lib/contract/invoker';
import { startEmulator } from '../lib/local/emulator';
import { LOCAL_ACCOUNT } from '../lib/local/runner/local-account';
import { ensurePythonEnvironment } from '../lib/local/sandbox/python-environment';

const HANDLER = join(__dirname, '../dist/handlers/invoker/index.js');
const MEGABYTE = 1_000_000;

interface Measured {
  readonly answer?: InvokerResponse;
  readonly error?: string;
  /** The most that the process had resident, in bytes. */
  readonly peak: number;
}

function inAnotherProcess(event: object, environment: Record<string, string>): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const env = { ...environment, BENCH_EVENT: JSON.stringify(event) };
    const child = fork(join(__dirname, 'plain-handler.cjs'), {
      env: { ...env, BENCH_HANDLER: HANDLER },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('message', (measured) => resolve(measured as Measured));
    child.once('exit', (code) => reject(new Error(`the handler's process ended with code ${code}`)));
  });
}

/** GET and PUT of objects, each a file, and lists of one: the S3 of the local runner keeps objects in memory. */
async function answerObject(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://s3');
  const prefix = searchParams.get('prefix');
  const path = join(folder, encodeURIComponent(decodeURIComponent(prefix === null ? pathname : `/bench/${prefix}`)));
  if (request.method === 'PUT') {
    await pipeline(request, createWriteStream(path));
    response.end();
    return;
  }
  const found = await stat(path).catch(() => undefined);
  if (prefix !== null) {
    const contents = found ? `<Contents><Key>${prefix}</Key><Size>${found.size}</Size></Contents>` : '';
    response.end(`<ListBucketResult><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`);
    return;
  }
  response.writeHead(200, { 'content-length': found?.size ?? 0 });
  await pipeline(createReadStream(path), response);
}

async function writeLarge(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'w');
  const piece = Buffer.from(Array.from({ length: MEGABYTE }, (_, index) => (index * 31) % 251));
  for (let written = 0; written < bytes; written += piece.length) {
    await file.write(piece);
  }
  await file.close();
}

async function main(): Promise<void> {
  const bytes = Number(process.argv[2] ?? 1_000) * MEGABYTE;
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const s3 = createServer((request, response) => {
    answerObject(folder, request, response).catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(s3, 'listening');
  const endpoint = `http://127.0.0.1:${(s3.address() as AddressInfo).port}`;
  const python = await ensurePythonEnvironment({
    folder: join(__dirname, '../.agentcore/python'),
    onProgress: () => {},
  });
  const emulator = await startEmulator({ s3Endpoint: endpoint, ...('python' in python && { python: python.python }) });
  const environment = {
    PATH: process.env.PATH ?? '',
    CODE_INTERPRETER_ID: 'aws.codeinterpreter.v1',
    STAGING_BUCKET: 'bench',
    STAGING_PREFIX: 'invoker/',
    SESSION_TIMEOUT_SECONDS: '900',
    AWS_REGION: LOCAL_ACCOUNT.region,
    AWS_ACCESS_KEY_ID: emulator.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: emulator.credentials.secretAccessKey,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: emulator.endpoint,
  };
  try {
    await writeLarge(join(folder, encodeURIComponent('/bench/invoker/large.bin')), bytes);
    const began = performance.now();
    const { answer, error, peak } = await inAnotherProcess(
      { command: 'wc -c < in.bin', files: [{ path: 'in.bin', s3Key: 'invoker/large.bin' }], outputs: ['in.bin'] },
      environment,
    );
    const seconds = (performance.now() - began) / 1000;
    const idle = await inAnotherProcess({ command: 'true' }, environment);
    const [file] = answer?.files ?? [];
    console.log(
      `${bytes / MEGABYTE} MB in and out: ${error ?? file?.error ?? `${file?.bytes} bytes, sha256 ${file?.sha256}`}`,
    );
    console.log(`handler: at most ${Math.round(peak / MEGABYTE)} MB resident, ${seconds.toFixed(1)} s`);
    console.log(`for comparison, without files: at most ${Math.round(idle.peak / MEGABYTE)} MB resident`);
    process.exitCode = file?.bytes === bytes && peak < 256 * MEGABYTE ? 0 : 1;
  } finally {
    await emulator.stop();
    s3.close();
    s3.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  }
}

main();
