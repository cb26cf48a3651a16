import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { InvokerResponse } from '../../lib/contract/invoker';
import type { Emulator, EmulatorOptions } from '../../lib/local/emulator';
import { LocalLambda } from '../../lib/local/runner/local-lambda';
import type { LocalS3 } from '../../lib/local/runner/local-s3';
import { type LocalServices, startLocalServices } from '../../lib/local/runner/local-services';
import { responseSchema } from '../../lib/runtime/invoker/response-schema';
import { failureDetails } from './failure-details';
import type { InvokerTarget } from './invoker-target';
import { python } from './python';

export const BUCKET = 'staging';
export const INTERPRETER = 'invoked-AbCdEf0123';

export interface LocalEnvironmentOptions extends Partial<EmulatorOptions> {
  /** Of the Lambda. The last 20 of them are kept for stopping the session. Default: 120. */
  readonly timeoutSeconds?: number;
  readonly sessionTimeoutSeconds?: number;
  /** Of the Lambda, over what the construct sets. */
  readonly environment?: Record<string, string>;
}

/** The invoker's real bundle, with the emulator and a local S3 in the place of AWS. */
export class InvokerWorld implements InvokerTarget {
  private constructor(
    private readonly services: LocalServices,
    readonly environment: Record<string, string>,
    private readonly lambda: LocalLambda,
    /** The lines that the Lambda has logged. */
    readonly logged: readonly string[],
  ) {}

  static async open(world: LocalEnvironmentOptions = {}): Promise<InvokerWorld> {
    const { timeoutSeconds = 120, sessionTimeoutSeconds = 900, environment: more = {}, ...options } = world;
    const services = await startLocalServices({
      python: await python(),
      interpreters: [{ id: INTERPRETER }],
      ...options,
    });
    await services.s3.client.send(new CreateBucketCommand({ Bucket: BUCKET }));
    const environment = {
      CODE_INTERPRETER_ID: INTERPRETER,
      STAGING_BUCKET: BUCKET,
      STAGING_PREFIX: 'invoker/',
      SESSION_TIMEOUT_SECONDS: String(sessionTimeoutSeconds),
      AWS_LAMBDA_FUNCTION_NAME: 'invoker',
      ...services.environment,
      ...more,
    };
    const logged: string[] = [];
    const lambda = new LocalLambda(
      {
        name: 'invoker',
        code: join(__dirname, '../../dist/handlers/invoker'),
        handler: 'index.handler',
        timeoutSeconds,
        memoryMegabytes: 512,
        environment,
      },
      (line) => logged.push(line),
    );
    return new InvokerWorld(services, environment, lambda, logged);
  }

  get emulator(): Emulator {
    return this.services.emulator;
  }

  get s3(): LocalS3 {
    return this.services.s3;
  }

  /** Calls the invoker; what it answers must fit the published schema. */
  async invoke(request: object): Promise<InvokerResponse> {
    return responseSchema.parse(await this.lambda.invoke(request));
  }

  /** The name of the error that a call ends with, and the message that it left in the bucket. */
  async failure(request: unknown): Promise<{ name: string; message: string }> {
    const error = await this.lambda.invoke(request).then(
      (answer) => new Error(`expected an error, got ${JSON.stringify(answer)}`),
      (thrown: Error) => thrown,
    );
    // Not always the S3 of this world: the environment may have another.
    const client = new S3Client({
      endpoint: this.environment.AWS_ENDPOINT_URL_S3,
      region: this.environment.AWS_REGION,
      credentials: this.s3.credentials,
      forcePathStyle: true,
    });
    try {
      return { name: error.name, message: (await failureDetails(error, client)).message };
    } finally {
      client.destroy();
    }
  }

  async put(key: string, body: string | Uint8Array): Promise<void> {
    await this.s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }));
  }

  async get(key: string): Promise<Buffer> {
    const { Body } = await this.s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? '');
  }

  async keys(): Promise<string[]> {
    const { Contents = [] } = await this.s3.client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    return Contents.map(({ Key = '' }) => Key);
  }

  /** Sessions that nobody has stopped. */
  running(): string[] {
    return this.emulator.sessions().flatMap(({ status, sessionId }) => (status === 'READY' ? [sessionId] : []));
  }

  async close(): Promise<void> {
    await this.lambda.stop();
    await this.services.stop();
  }
}
