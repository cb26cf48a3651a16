import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { promisify } from 'node:util';
import { createEgress } from '../../../lib/local/sandbox/egress';
import { describeWith } from '../../support/requirements';
import { testPython } from '../emulator/support';

const run = promisify(execFile);
const servers: Server[] = [];
const sockets = new Set<Socket>();

async function listen(server: Server): Promise<number> {
  servers.push(server);
  // A server forgets the connections that CONNECT has taken over.
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const proxyFor = (...allowed: string[]) => listen(createEgress({ privateAddresses: false, allowed }));

/** What the proxy says to CONNECT. */
async function connectThrough(port: number, authority: string) {
  const asked = request({ port, host: '127.0.0.1', method: 'CONNECT', path: authority });
  asked.end();
  const [answer, socket, head] = (await once(asked, 'connect')) as [
    { statusCode: number; statusMessage: string },
    Socket,
    Buffer,
  ];
  return { status: answer.statusCode, reason: answer.statusMessage, socket, head };
}

/** What the proxy says to GET. */
async function getThrough(port: number, path: string) {
  const asked = request({ port, host: '127.0.0.1', path, headers: { host: 'x' } });
  asked.end();
  const [answer] = await once(asked, 'response');
  let body = '';
  for await (const chunk of answer) {
    body += chunk;
  }
  return { status: answer.statusCode as number, body };
}

const environment = { ...process.env };
beforeEach(() => {
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']) {
    delete process.env[name];
    delete process.env[name.toUpperCase()];
  }
});
afterEach(() => {
  process.env = { ...environment };
  for (const server of servers.splice(0)) {
    server.close();
  }
  for (const socket of sockets) {
    socket.destroy();
  }
  sockets.clear();
});

describe('the way out of a session', () => {
  test.each([
    ['169.254.169.254:80', 'it is a link-local address'],
    ['0xa9fea9fe:80', 'sessions do not reach 169.254.169.254'],
    ['2852039166:80', 'sessions do not reach 169.254.169.254'],
    ['0251.0376.0251.0376:80', 'sessions do not reach 169.254.169.254'],
    ['[fd00:ec2::254]:80', 'it is the address of a metadata service'],
    ['[::ffff:169.254.169.254]:80', 'it is a link-local address'],
    ['localhost:22', 'sessions do not reach localhost (127.0.0.1): it is one of this machine'],
    ['127.1:22', 'sessions do not reach 127.0.0.1'],
    ['10.0.0.1:443', 'it is a private address'],
  ])('refuses CONNECT %s, and says why in the status line', async (authority, reason) => {
    const { status, reason: told, socket } = await connectThrough(await proxyFor(), authority);
    socket.destroy();
    expect(status).toBe(403);
    expect(told.replace('(::1)', '(127.0.0.1)')).toContain(reason);
  });

  test.each(['', 'example.com', 'example.com:', 'example.com:0', 'example.com:99999', 'user@example.com:443', '/x'])(
    'answers 400 to CONNECT %j',
    async (authority) => {
      const { status, socket } = await connectThrough(await proxyFor(), authority || '%');
      socket.destroy();
      expect(status).toBe(400);
    },
  );

  test('answers 502 where a name does not resolve, and where nobody listens', async () => {
    const port = await proxyFor('127.0.0.1:1');
    const unknown = await connectThrough(port, 'no-such-name.invalid:443');
    const closed = await connectThrough(port, '127.0.0.1:1');
    unknown.socket.destroy();
    closed.socket.destroy();
    expect([unknown.status, unknown.reason]).toEqual([
      expect.any(Number),
      expect.stringMatching(/^no-such-name.invalid does not resolve \(E/),
    ]);
    expect([502, 504]).toContain(unknown.status);
    expect([closed.status, closed.reason]).toEqual([502, '127.0.0.1:1: ECONNREFUSED']);
    expect(await getThrough(port, 'http://127.0.0.1:1/')).toMatchObject({ status: 502 });
  });

  describeWith('Python', 'for a client in Python', () => {
    test('tells why it is refused', async () => {
      const code = `
import http.client
client = http.client.HTTPSConnection('127.0.0.1', ${await proxyFor()})
client.set_tunnel('169.254.169.254', 443)
try:
    client.connect()
except OSError as error:
    print(error)`;
      const { stdout } = await run(await testPython(), ['-c', code]);
      expect(stdout).toContain('403 sessions do not reach 169.254.169.254: it is a link-local address');
    });
  });

  test('keeps the port that was asked for: CONNECT to port 80 goes to port 80', async () => {
    const proxy = createServer();
    const asked: string[] = [];
    proxy.on('connect', (incoming, socket: Socket) => {
      asked.push(String(incoming.url));
      socket.end('HTTP/1.1 200 OK\r\n\r\n');
    });
    process.env.HTTPS_PROXY = `http://127.0.0.1:${await listen(proxy)}`;
    const port = await proxyFor();
    for (const authority of ['93.184.216.34:80', '93.184.216.34:443', '[2606:4700::1]:80']) {
      (await connectThrough(port, authority)).socket.destroy();
    }
    expect(asked).toEqual(['93.184.216.34:80', '93.184.216.34:443', '[2606:4700::1]:80']);
  });
});

describe("a proxy of the machine's own", () => {
  test('is gone through, with its credentials, for HTTPS and for HTTP', async () => {
    const asked: unknown[] = [];
    const proxy = createServer((incoming, response) => {
      asked.push([incoming.method, incoming.url, incoming.headers['proxy-authorization']]);
      response.end('from beyond');
    });
    proxy.on('connect', (incoming, socket: Socket) => {
      asked.push([incoming.method, incoming.url, incoming.headers['proxy-authorization']]);
      socket.write('HTTP/1.1 200 OK\r\n\r\nhello');
    });
    const url = `http://me:secret@127.0.0.1:${await listen(proxy)}`;
    process.env.HTTPS_PROXY = url;
    process.env.HTTP_PROXY = url;
    const port = await proxyFor();
    const { status, socket, head } = await connectThrough(port, 'no-such-name.invalid:443');
    const greeting = head.length > 0 ? head : (await once(socket, 'data'))[0];
    socket.destroy();
    expect([status, String(greeting)]).toEqual([200, 'hello']);
    expect(await getThrough(port, 'http://93.184.216.34/a?b')).toEqual({ status: 200, body: 'from beyond' });
    const basic = `Basic ${Buffer.from('me:secret').toString('base64')}`;
    expect(asked).toEqual([
      ['CONNECT', 'no-such-name.invalid:443', basic],
      ['GET', 'http://93.184.216.34/a?b', basic],
    ]);
  });

  test('is no way to what sessions do not reach', async () => {
    const proxy = createServer();
    process.env.HTTPS_PROXY = `http://127.0.0.1:${await listen(proxy)}`;
    const { status, socket } = await connectThrough(await proxyFor(), '169.254.169.254:443');
    socket.destroy();
    expect(status).toBe(403);
  });

  test('is left out for the hosts of NO_PROXY', async () => {
    const target = createServer((_request, response) => response.end('direct'));
    const port = await listen(target);
    process.env.HTTP_PROXY = 'http://127.0.0.1:1';
    process.env.NO_PROXY = 'localhost,127.0.0.1';
    expect(await getThrough(await proxyFor(`127.0.0.1:${port}`), `http://127.0.0.1:${port}/`)).toEqual({
      status: 200,
      body: 'direct',
    });
  });

  test('that refuses is told as such', async () => {
    const proxy = createServer();
    proxy.on('connect', (_incoming, socket: Socket) => socket.end('HTTP/1.1 407 Who are you\r\n\r\n'));
    const port = await listen(proxy);
    process.env.HTTPS_PROXY = `http://127.0.0.1:${port}`;
    const { status, reason, socket } = await connectThrough(await proxyFor(), '93.184.216.34:443');
    socket.destroy();
    expect([status, reason]).toEqual([502, `this machine's proxy 127.0.0.1:${port} answered 407 Who are you`]);
  });
});
