import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type FailureDetails, failureAddress } from '../../contract/failure-details';
import type { InvokerRequest, InvokerResponse } from '../../contract/invoker';
import { messageOf, nameOf } from '../../runtime/named-error';
import { ObjectStore } from '../../runtime/staging/object-store';
import { builtFile } from '../built-files';
import type { AccessKey } from '../listener/access-key';
import { LOCAL_ACCOUNT, LOCAL_CLIENT } from '../runner/local-account';
import { LambdaError, LocalLambda } from '../runner/local-lambda';
import { startLocalS3 } from '../runner/local-s3';
import { startLocalServices } from '../runner/local-services';
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
    const { isolation, endpoint } = options;
    const { client, environment } = keep(
      await (endpoint === undefined ? ownServices(python, isolation) : runningServices(endpoint)),
    );
    await makeBucket(client);
    const lambda = keep(localInvoker(environment));
    return {
      invoke: async (request) => {
        try {
          return (await lambda.invoke(request)) as InvokerResponse;
        } catch (error) {
          throw await withDetails(error, client);
        }
      },
      upload: (path, name) => put(client, BUCKET, path, name),
      download: (bucket, key) => get(client, bucket, key),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** An S3, and the environment in which a Lambda finds it and an emulator. */
interface ExecServices {
  readonly client: S3Client;
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** With a random token: nobody else on this machine reaches them. */
async function ownServices(python: string | undefined, isolation: ExecOptions['isolation']): Promise<ExecServices> {
  const services = await startLocalServices({ python, isolation });
  return { ...services, client: services.s3.client };
}

/** The emulator that runs already, with its S3 or, where it has none, one that is started here. */
async function runningServices(endpoint: string): Promise<ExecServices> {
  const { s3Endpoint, credentials } = await runningEmulator(endpoint);
  const s3 =
    s3Endpoint === undefined
      ? await startLocalS3({ token: credentials.secretAccessKey })
      : s3At(s3Endpoint, credentials);
  const environment = {
    AWS_REGION: LOCAL_ACCOUNT.region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: endpoint,
  };
  return { client: s3.client, environment, stop: () => s3.stop() };
}

function localInvoker(environment: Readonly<Record<string, string>>): LocalLambda {
  return new LocalLambda({
    name: 'invoker',
    code: builtFile('handlers/invoker'),
    handler: 'index.handler',
    timeoutSeconds: 900,
    memoryMegabytes: 512,
    environment: {
      CODE_INTERPRETER_ID: 'aws.codeinterpreter.v1',
      STAGING_BUCKET: BUCKET,
      STAGING_PREFIX: PREFIX,
      SESSION_TIMEOUT_SECONDS: '900',
      ...environment,
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
function s3At(endpoint: string, credentials: AccessKey) {
  const client = new S3Client({
    ...LOCAL_CLIENT,
    endpoint,
    region: LOCAL_ACCOUNT.region,
    credentials,
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
