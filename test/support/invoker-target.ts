import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { InvokerResponse } from '../../lib/contract/invoker';
import { responseSchema } from '../../lib/runtime/invoker/response-schema';
import { failureDetails } from './failure-details';
import { InvokerWorld } from './invoker-world';

/** Something that answers calls of the invoker, wherever it is. */
export interface InvokerTarget {
  /** What it answers fits the published schema. */
  invoke(request: object): Promise<InvokerResponse>;
  /** The name of the error that a call ends with, and the message that it left in the bucket. */
  failure(request: object): Promise<{ name: string; message: string }>;
  put(key: string, body: string | Uint8Array): Promise<void>;
  get(key: string): Promise<Buffer>;
  /** The ids of sessions that are running, where that can be told. */
  running(): string[];
  close(): Promise<void>;
}

/** A function in an account, or the same bundle over the emulator. */
export async function openTarget(functionName = process.env.INVOKER_FUNCTION_NAME): Promise<InvokerTarget> {
  return functionName === undefined ? InvokerWorld.open() : new DeployedInvoker(functionName);
}

class DeployedInvoker implements InvokerTarget {
  private readonly lambda = new LambdaClient({ maxAttempts: 1, requestHandler: { requestTimeout: 900_000 } });
  private readonly s3 = new S3Client({});

  constructor(private readonly functionName: string) {}

  async invoke(request: object): Promise<InvokerResponse> {
    const { failed, payload } = await this.call(request);
    if (failed) {
      throw new Error(`${payload.errorType}: ${payload.errorMessage}`);
    }
    return responseSchema.parse(payload);
  }

  async failure(request: object): Promise<{ name: string; message: string }> {
    const { failed, payload } = await this.call(request);
    if (!failed) {
      throw new Error(`expected an error, got ${JSON.stringify(payload)}`);
    }
    const { message } = await failureDetails({ message: payload.errorMessage }, this.s3);
    return { name: String(payload.errorType), message };
  }

  async put(key: string, body: string | Uint8Array): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: bucket(), Key: key, Body: body }));
  }

  async get(key: string): Promise<Buffer> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: bucket(), Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? '');
  }

  running(): string[] {
    return [];
  }

  async close(): Promise<void> {
    this.lambda.destroy();
    this.s3.destroy();
  }

  private async call(request: object): Promise<{ failed: boolean; payload: Record<string, unknown> }> {
    const answer = await this.lambda.send(
      new InvokeCommand({ FunctionName: this.functionName, Payload: JSON.stringify(request) }),
    );
    const payload = JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8'));
    return { failed: answer.FunctionError !== undefined, payload };
  }
}

function bucket(): string {
  const name = process.env.INVOKER_STAGING_BUCKET;
  if (!name) {
    throw new Error('set INVOKER_STAGING_BUCKET to the staging bucket of the function in INVOKER_FUNCTION_NAME');
  }
  return name;
}
