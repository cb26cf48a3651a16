import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { CODE_TOOL_NAMES, type CodeToolName } from '../../lib/contract/code-tools';
import type { Emulator } from '../../lib/local/emulator';
import { LocalLambda } from '../../lib/local/runner/local-lambda';
import type { LocalS3 } from '../../lib/local/runner/local-s3';
import { type LocalServices, startLocalServices } from '../../lib/local/runner/local-services';
import { answerSchema } from '../../lib/runtime/tools/answer-schema';
import type { GatewayAnswer } from '../../lib/runtime/tools/gateway-call';
import { failureDetails } from './failure-details';
import { python } from './python';

const BUCKET = 'staging';
export const INTERPRETER = 'tools-AbCdEf0123';

/** The bundle of the Lambda behind Gateway, with the emulator and a local S3 instead of AWS. */
export class ToolWorld {
  private constructor(
    private readonly services: LocalServices,
    private readonly lambda: LocalLambda,
    /** The lines that the Lambda has logged. */
    readonly logged: readonly string[],
  ) {}

  static async open(
    options: { operations?: readonly CodeToolName[]; toolName?: string; timeoutSeconds?: number } = {},
  ): Promise<ToolWorld> {
    const { operations = CODE_TOOL_NAMES, toolName = 'analyst', timeoutSeconds = 120 } = options;
    const services = await startLocalServices({ python: await python(), interpreters: [{ id: INTERPRETER }] });
    await services.s3.client.send(new CreateBucketCommand({ Bucket: BUCKET }));
    const logged: string[] = [];
    const lambda = new LocalLambda(
      {
        name: 'code-interpreter-tool',
        code: join(__dirname, '../../dist/handlers/code-interpreter-tool'),
        handler: 'index.handler',
        timeoutSeconds,
        memoryMegabytes: 512,
        environment: {
          CODE_INTERPRETER_ID: INTERPRETER,
          STAGING_BUCKET: BUCKET,
          STAGING_PREFIX: `tools/${toolName}/`,
          SESSION_TIMEOUT_SECONDS: '900',
          TOOL_NAME: toolName,
          TOOL_OPERATIONS: JSON.stringify(operations),
          ...services.environment,
        },
      },
      (line) => logged.push(line),
    );
    return new ToolWorld(services, lambda, logged);
  }

  get emulator(): Emulator {
    return this.services.emulator;
  }

  get s3(): LocalS3 {
    return this.services.s3;
  }

  /** Calls an operation as Gateway does. What it answers fits the schema that Gateway is told. */
  async call(operation: string, args: object = {}): Promise<GatewayAnswer> {
    const { isError, ...data } = (await this.lambda.invoke(args, {
      custom: {
        bedrockAgentCoreToolName: `code-interpreter___${operation}`,
        bedrockAgentCoreGatewayId: 'gateway-AbCdEf0123',
        bedrockAgentCoreTargetId: 'ABCDEFGHIJ',
        bedrockAgentCoreMcpMessageId: '1',
      },
    })) as GatewayAnswer;
    return { isError, ...answerSchema.parse(data) };
  }

  /** The message that the Lambda leaves in the bucket when it is called with a client context that is not Gateway's. */
  async failureOf(clientContext?: object): Promise<string> {
    const error = await this.lambda.invoke({}, clientContext).then(
      (answer) => new Error(`expected an error, got ${JSON.stringify(answer)}`),
      (thrown: Error) => thrown,
    );
    return (await failureDetails(error, this.s3.client)).message;
  }

  async read(uri: string): Promise<Buffer> {
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
    const { Body } = await this.s3.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? '');
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
