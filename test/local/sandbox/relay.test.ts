import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { relayTo, SocketServer } from '../../../lib/local/sandbox/relay';

const REQUEST = Buffer.alloc(8_000_000, 'line\n');

describe('the way from a session to S3', () => {
  const folder = mkdtempSync(join(tmpdir(), 'relay-test-'));
  const socket = join(folder, 'relay.sock');
  let relay: SocketServer | undefined;
  let upstream: Server | undefined;

  afterEach(async () => {
    await relay?.close();
    await new Promise((resolve) => upstream?.close(resolve));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  async function relayToServer(serve: (connection: Socket) => void): Promise<Socket> {
    upstream = createServer({ allowHalfOpen: true }, serve).listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const { port } = upstream.address() as AddressInfo;
    relay = await SocketServer.listen(socket, relayTo({ host: '127.0.0.1', port }));
    const client = connect(socket);
    await once(client, 'connect');
    return client;
  }

  // Of such sizes, the last piece is a small one: it waits in the relay when the reader has no room for it.
  test.each([2_035_710, 2_067_849, 2_074_991, 2_085_704, 2_092_846])(
    'all %i bytes of an answer arrive, also at a reader who is slow, when the server has closed already',
    async (size) => {
      const client = await relayToServer((connection) => {
        connection.once('data', () => connection.end(Buffer.alloc(size)));
      });
      let bytes = 0;
      client.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > size - 500_000) {
          client.pause();
          setTimeout(() => client.resume(), 15);
        }
      });
      client.write('GET');
      await once(client, 'close');
      expect(bytes).toBe(size);
    },
  );

  test('all of a request arrives, and its answer comes back, when the client has closed its side already', async () => {
    const client = await relayToServer((connection) => {
      let bytes = 0;
      connection.on('data', (chunk) => {
        bytes += chunk.length;
      });
      connection.on('end', () => connection.end(`got ${bytes}`));
    });
    client.end(REQUEST);
    const [answer] = await once(client, 'data');
    expect(String(answer)).toBe(`got ${REQUEST.length}`);
  });

  test('a connection that breaks on one side is broken on the other', async () => {
    const client = await relayToServer((connection) => {
      connection.once('data', () => connection.resetAndDestroy());
    });
    client.on('error', () => {});
    client.write('GET');
    await once(client, 'close');
    expect(client.destroyed).toBe(true);
  });
});
