import { type IncomingMessage, request } from 'node:http';
import { HttpListener } from '../../../lib/local/listener/http-listener';
import { servedHosts } from '../../../lib/local/listener/served-hosts';

/** Without any key: what keeps web pages out must not depend on one. */
describe('a listener refuses what web pages send', () => {
  let listener: HttpListener;
  let port: string;

  beforeAll(async () => {
    listener = await HttpListener.listen({
      access: {},
      wordRefusal: ({ message }) => ({ headers: {}, body: message }),
      service: { maxBodyBytes: () => 1_000, serve: async (_request, response) => void response.end() },
    });
    ({ port } = new URL(listener.endpoint));
  });

  afterAll(() => listener.close());

  function send(method: string, headers: Record<string, string>): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      request(listener.endpoint, { method, headers: { host: `127.0.0.1:${port}`, ...headers } }, resolve)
        .on('error', reject)
        .end(method === 'POST' ? 'body' : undefined);
    });
  }
  const fill = (text: string) => text.replace('PORT', port);

  test.each([
    ['GET', {}],
    ['GET', { host: 'localhost:PORT' }],
    ['GET', { host: 'LOCALHOST:PORT' }],
    ['POST', { origin: 'http://127.0.0.1:PORT', 'sec-fetch-site': 'same-origin' }],
    ['POST', { 'content-type': 'application/json' }],
    ['GET', { 'sec-fetch-site': 'none' }],
  ])('but serves a %s with %j', async (method, headers) => {
    const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
    expect((await send(method, filled)).statusCode).toBe(200);
  });

  test.each([
    ['a name that leads here', 403, 'GET', { host: 'rebound.example:PORT' }],
    ['a name below localhost', 403, 'GET', { host: 'evil.localhost:PORT' }],
    ['another port', 403, 'GET', { host: '127.0.0.1:1' }],
    ['no port', 403, 'GET', { host: '127.0.0.1' }],
    ['an address that is not listened on', 403, 'GET', { host: '127.0.0.2:PORT' }],
    ['another origin', 403, 'POST', { origin: 'https://evil.example' }],
    ['another port of this machine', 403, 'POST', { origin: 'http://127.0.0.1:1' }],
    ['another scheme', 403, 'POST', { origin: 'https://127.0.0.1:PORT' }],
    ['a file, or a sandboxed frame', 403, 'POST', { origin: 'null' }],
    ['an extension', 403, 'GET', { origin: 'chrome-extension://abc' }],
    ['a link or an image of another site', 403, 'GET', { 'sec-fetch-site': 'cross-site' }],
    ['another port, as an image', 403, 'GET', { 'sec-fetch-site': 'same-site' }],
    ['a form', 415, 'POST', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a form with files', 415, 'POST', { 'content-type': 'Multipart/Form-Data; boundary=x' }],
    ['a form in plain text', 415, 'POST', { 'content-type': 'text/plain;charset=UTF-8' }],
    ['a preflight', 403, 'OPTIONS', { origin: 'https://evil.example', 'access-control-request-method': 'PUT' }],
  ])('%s: %i', async (_, status, method, headers) => {
    const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
    const answer = await send(method, filled);
    expect(answer.statusCode).toBe(status);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

describe('the hosts that are served', () => {
  test.each([
    ['127.0.0.1', ['127.0.0.1:8787', 'localhost:8787']],
    ['::1', ['[::1]:8787', 'localhost:8787']],
    ['192.0.2.7', ['192.0.2.7:8787']],
  ])('on %s are %j', (address, hosts) => {
    expect([...servedHosts(address, 8787)]).toEqual(hosts);
  });

  test('are the names of the caller as well, and those without a port on port 80', () => {
    expect([...servedHosts('192.0.2.7', 80, ['host.docker.internal'])]).toEqual([
      '192.0.2.7',
      '192.0.2.7:80',
      'host.docker.internal',
      'host.docker.internal:80',
    ]);
  });

  test('on all addresses are those of the machine', () => {
    const hosts = servedHosts('0.0.0.0', 8787);
    expect(hosts).toContain('127.0.0.1:8787');
    expect(hosts).not.toContain('0.0.0.0:8787');
  });
});
