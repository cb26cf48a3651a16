import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { StreamEvent } from '../../lib/runtime/invoker/streaming';
import { InvokerWorld, type LocalEnvironmentOptions } from './invoker-world';

const BUNDLE = join(__dirname, '../../dist/handlers/invoker-stream/index.js');

export type StreamHandler = (event: object, stream: PassThrough, context: object) => Promise<void>;

/**
 * The function URL's handler, from its bundle, with a stand-in for what Lambda's runtime has for streaming. One a test file:
 * the bundle is loaded once, and keeps what it finds in its environment.
 */
export class StreamingUrl {
  private constructor(
    readonly world: InvokerWorld,
    readonly handler: StreamHandler,
    private readonly before: NodeJS.ProcessEnv,
  ) {}

  static async open(options?: LocalEnvironmentOptions): Promise<StreamingUrl> {
    const before = { ...process.env };
    const world = await InvokerWorld.open(options);
    Object.assign(process.env, world.environment);
    const head = { from: (stream: PassThrough) => stream };
    Object.assign(globalThis, {
      awslambda: { streamifyResponse: (inner: StreamHandler) => inner, HttpResponseStream: head },
    });
    // jest's own require would compile the bundle once more.
    const { handler } = createRequire(__filename)(BUNDLE);
    return new StreamingUrl(world, handler, before);
  }

  async close(): Promise<void> {
    Reflect.deleteProperty(globalThis, 'awslambda');
    process.env = this.before;
    await this.world.close();
  }

  /** Calls the URL; the events, as they come. */
  async *call(body: unknown, seconds = 120): AsyncGenerator<StreamEvent> {
    const stream = new PassThrough();
    const endsAt = Date.now() + seconds * 1000;
    const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => endsAt - Date.now() };
    const event = { body: Buffer.from(JSON.stringify(body)).toString('base64'), isBase64Encoded: true };
    const handled = this.handler(event, stream, context);
    let rest = '';
    for await (const chunk of stream.setEncoding('utf8')) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      yield* lines.map((line) => JSON.parse(line) as StreamEvent);
    }
    await handled;
  }

  async all(body: unknown, seconds?: number): Promise<StreamEvent[]> {
    const events: StreamEvent[] = [];
    for await (const event of this.call(body, seconds)) {
      events.push(event);
    }
    return events;
  }
}
