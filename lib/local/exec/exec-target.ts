import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type FailureDetails, failureAddress } from '../../contract/failure-details';
import type { InvokerRequest, InvokerResponse } from '../../contract/invoker';
import { messageOf, nameOf } from '../../runtime/named-error';
import { ObjectStore } from '../../runtime/staging/object-store';
import { startEmulator } from '../emulator';
import { packageRoot } from '../package-root';
import { LOCAL_CLIENT, NOBODY } from '../runner/local-account';
import { LambdaError, LocalLambda } from '../runner/local-lambda';
import { type LocalS3, startLocalS3 } from '../runner/local-s3';
import type { ExecOptions } from './exec-options';
import { runningEmulator } from './running-emulator';

const BUCKET = 'local-staging';
const PREFIX = 'invoker/';

/** An invoker, wherever it is. */
export interface ExecTarget {
  invoke(request: InvokerRequest): Promise<InvokerResponse>;
  upload(path: string, name: string): Promise<string>;
  download(bucket: string, key: string): Promise<Readable>;
  close(): Promise<void>;
}

/** The invoker's own bundle on this machine, with an emulator and an S3 of its own, or those that run already. */
export async function localTarget(options: ExecOptions, python: string | undefined): Promise<ExecTarget> {
  const started: { stop(): Promise<void> }[] = [];
  const keep = <T extends { stop(): Promise<void> }>(part: T): T => {
    started.unshift(part);
    return part;
  };
  const close = async () => {
    for (const part of started) {
      await part.stop();
    }
  };
  try {
    const running = options.endpoint === undefined ? undefined : await runningEmulator(options.endpoint);
    const s3 = keep(running?.s3Endpoint === undefined ? await startLocalS3() : s3At(running.s3Endpoint));
    await makeBucket(s3.client);
    const { isolation } = options;
    const endpoint =
      options.endpoint ?? keep(await startEmulator({ s3Endpoint: s3.endpoint, python, isolation })).endpoint;
    const lambda = keep(localInvoker(endpoint, s3.endpoint));
    return {
      invoke: async (request) => {
        try {
          return (await lambda.invoke(request)) as InvokerResponse;
        } catch (error) {
          throw await withDetails(error, s3.client);
        }
      },
      upload: (path, name) => put(s3.client, BUCKET, path, name),
      download: (bucket, key) => get(s3.client, bucket, key),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function localInvoker(endpoint: string, s3Endpoint: string): LocalLambda {
  return new LocalLambda({
    name: 'invoker',
    code: join(packageRoot(), 'dist/handlers/invoker'),
    handler: 'index.handler',
    timeoutSeconds: 900,
    memoryMegabytes: 512,
    environment: {
      CODE_INTERPRETER_ID: 'aws.codeinterpreter.v1',
      STAGING_BUCKET: BUCKET,
      STAGING_PREFIX: PREFIX,
      SESSION_TIMEOUT_SECONDS: '900',
      AWS_REGION: NOBODY.region,
      AWS_ACCESS_KEY_ID: NOBODY.accessKeyId,
      AWS_SECRET_ACCESS_KEY: NOBODY.secretAccessKey,
      AWS_ENDPOINT_URL_S3: s3Endpoint,
      AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: endpoint,
    },
  });
}

/** A Lambda in an account, with the credentials of whoever runs this. */
export function deployedTarget(functionName: string, bucket: string | undefined): ExecTarget {
  // The Lambda must not be called a second time because an answer is long in coming.
  const lambda = new LambdaClient({
    maxAttempts: 1,
    requestHandler: { requestTimeout: 930_000, socketTimeout: 930_000 },
  });
  const s3 = new S3Client({});
  return {
    invoke: async (request) => {
      const { Payload = [], FunctionError } = await lambda.send(
        new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(request) }),
      );
      const answer = JSON.parse(Buffer.from(Payload).toString('utf8'));
      if (FunctionError !== undefined) {
        throw await withDetails(new LambdaError(String(answer.errorType), String(answer.errorMessage)), s3);
      }
      return answer;
    },
    upload: async (path, name) => {
      if (bucket === undefined) {
        throw new Error(`${path} is too large for a request: give --bucket, the staging bucket of ${functionName}`);
      }
      return put(s3, bucket, path, name);
    },
    download: (from, key) => get(s3, from, key),
    close: async () => {
      lambda.destroy();
      s3.destroy();
    },
  };
}

/** The error with the message that the invoker left in the bucket: what it throws says where only. */
async function withDetails(error: unknown, s3: S3Client): Promise<unknown> {
  const { bucket, key } = failureAddress(messageOf(error)) ?? {};
  if (bucket === undefined || key === undefined) {
    return error;
  }
  const details = await new ObjectStore(bucket, s3).findJson<FailureDetails>(key).catch(() => undefined);
  return details === undefined ? error : new LambdaError(details.error, details.message, details.stack);
}

/** An S3 that is somebody else's to stop. */
function s3At(endpoint: string): Pick<LocalS3, 'endpoint' | 'client' | 'stop'> {
  const client = new S3Client({
    ...LOCAL_CLIENT,
    endpoint,
    region: NOBODY.region,
    credentials: NOBODY,
    forcePathStyle: true,
  });
  return { endpoint, client, stop: async () => client.destroy() };
}

/** An earlier call may have made it. */
async function makeBucket(client: S3Client): Promise<void> {
  try {
    await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
  } catch (error) {
    if (nameOf(error) !== 'BucketAlreadyOwnedByYou') {
      throw error;
    }
  }
}

async function put(s3: S3Client, bucket: string, path: string, name: string): Promise<string> {
  const key = `${PREFIX}exec/${Date.now()}/${name}`;
  const { size } = await stat(path);
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: createReadStream(path), ContentLength: size }));
  return key;
}

async function get(s3: S3Client, bucket: string, key: string): Promise<Readable> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  // A Readable of Node.js, since this does not run in a browser.
  return Body as Readable;
}
