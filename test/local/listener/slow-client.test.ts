import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { HttpListener, type ListenerOptions } from '../../../lib/local/listener/http-listener';

/** The limits here are short; that there is one, and what it does, is what counts. */
describe('a listener does not wait forever', () => {
  let listener: HttpListener | undefined;

  afterEach(() => listener?.close());

  async function start(options: Partial<ListenerOptions>): Promise<Socket> {
    listener = await HttpListener.listen({
      access: {},
      wordRefusal: ({ code }) => ({ headers: { 'content-type': 'text/plain' }, body: code }),
      service: {
        maxBodyBytes: () => 1_000,
        serve: async (_request, response, body) => void response.end(`got ${body}`),
      },
      headersMs: 60_000,
      idleBodyMs: 60_000,
      requestMs: 60_000,
      ...options,
    });
    const { hostname, port } = new URL(listener.endpoint);
    return connect(Number(port), hostname);
  }

  /** All that comes until the connection ends. */
  async function answer(socket: Socket): Promise<string> {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => {});
    await once(socket, 'close');
    return text;
  }
  const head = (host: string, length: number) =>
    `POST / HTTP/1.1\r\nhost: ${host}\r\ncontent-length: ${length}\r\n\r\n`;
  const hostOf = () => new URL(listener?.endpoint ?? '').host;

  test('for a header that does not begin', async () => {
    const socket = await start({ headersMs: 300 });
    expect(await answer(socket)).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });

  test('for a header that does not end', async () => {
    const socket = await start({ headersMs: 300 });
    socket.write('POST / HTTP/1.1\r\nhost:');
    expect(await answer(socket)).toMatch(/^HTTP\/1\.1 408 .*RequestTimeout$/s);
  });

  test('for a body that stands still', async () => {
    const socket = await start({ idleBodyMs: 300 });
    socket.write(`${head(hostOf(), 100)}half`);
    expect(await answer(socket)).toMatch(/^HTTP\/1\.1 408 .*RequestTimeout$/s);
  });

  test('for a body that comes drop by drop', async () => {
    const socket = await start({ requestMs: 500, headersMs: 400 });
    socket.write(head(hostOf(), 900));
    const drops = setInterval(() => socket.write('x'), 20);
    expect(await answer(socket)).toMatch(/^HTTP\/1\.1 408 .*RequestTimeout$/s);
    clearInterval(drops);
  });

  test('but takes a body that pauses and goes on', async () => {
    const socket = await start({
      idleBodyMs: 2_000,
      service: {
        maxBodyBytes: () => 10,
        serve: async (_request, response, body) =>
          void response.writeHead(200, { connection: 'close' }).end(`got ${body}`),
      },
    });
    socket.write(`${head(hostOf(), 4)}ha`);
    setTimeout(() => socket.write('lf'), 200);
    expect(await answer(socket)).toMatch(/^HTTP\/1\.1 200 .*got half/s);
  });

  test('and reads no body that is too large, announced or not', async () => {
    const announced = await start({});
    announced.write(head(hostOf(), 1_001));
    expect(await answer(announced)).toMatch(/^HTTP\/1\.1 413 .*EntityTooLarge$/s);
    const { hostname, port } = new URL(listener?.endpoint ?? '');
    const chunked = connect(Number(port), hostname);
    chunked.write(`POST / HTTP/1.1\r\nhost: ${hostOf()}\r\ntransfer-encoding: chunked\r\n\r\n`);
    chunked.write(`3e9\r\n${'x'.repeat(1_001)}\r\n`);
    expect(await answer(chunked)).toMatch(/^HTTP\/1\.1 413 .*EntityTooLarge$/s);
  });
});
