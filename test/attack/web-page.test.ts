import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { type Emulator, startEmulator } from '../../lib/local/emulator';
import { type LocalS3, startLocalS3 } from '../../lib/local/runner/local-s3';
import { ObjectStorage } from '../../lib/local/runner/storage/object-storage';
import { until } from '../local/emulator/support';
import { launchChromium } from '../runtime/report/browser';

const BUCKET = 'staging';
const SCRIPT = 'print("the script")';
const START = '/code-interpreters/aws.codeinterpreter.v1/sessions/start';
const INVOKE = '/code-interpreters/aws.codeinterpreter.v1/tools/invoke';
const LIST = '/code-interpreters/aws.codeinterpreter.v1/sessions/list';

/**
 * A page of another site, in a real browser on the developer's machine, tries all that a browser lets it: it is refused
 * also where the listeners ask for no token.
 */
describe.each([
  ['with a token', false],
  ['without one', true],
])('a web page and listeners %s', (_, isOpen) => {
  let browser: Browser;
  let site: Server;
  let emulator: Emulator;
  let s3: LocalS3;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium(['--host-resolver-rules=MAP rebound.example 127.0.0.1']);
    const storage = ObjectStorage.inMemory();
    storage.table.addBucket(BUCKET);
    storage.put(BUCKET, 'script.py', Buffer.from(SCRIPT));
    s3 = await startLocalS3({ storage, isOpen });
    emulator = await startEmulator({ isolation: 'off', ...(isOpen ? { token: false } : {}) });
    site = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>evil</title><body>');
    }).listen(0, '127.0.0.1');
  });

  afterAll(async () => {
    await browser?.close();
    site?.close();
    await emulator?.stop();
    await s3?.stop();
  });

  beforeEach(async () => {
    page = await browser.newPage();
  });
  afterEach(async () => {
    await page.close();
    expect(s3.storage.read(BUCKET, 'script.py').toString()).toBe(SCRIPT);
    expect(s3.storage.table.list(BUCKET, '').map(({ key }) => key)).toEqual(['script.py']);
    expect(s3.storage.table.buckets().map(({ name }) => name)).toEqual([BUCKET]);
    expect(emulator.sessions()).toEqual([]);
    expect(emulator.history.invocations()).toEqual([]);
  });

  const open = () => page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  const targets = () => ({ emulator: emulator.endpoint, s3: s3.endpoint });

  test('posts forms, which need no permission', async () => {
    await open();
    const seen: number[] = [];
    page.on('response', (response) => seen.push(response.status()));
    await page.evaluate(
      ({ emulator, s3, bucket, invoke, list }) => {
        const post = (action: string, enctype: string, fields: Record<string, string>) => {
          const name = `frame-${document.forms.length}`;
          document.body.append(Object.assign(document.createElement('iframe'), { name }));
          const form = document.createElement('form');
          Object.assign(form, { action, enctype, method: 'post', target: name });
          for (const [field, value] of Object.entries(fields)) {
            form.append(Object.assign(document.createElement('textarea'), { name: field, value }));
          }
          document.body.append(form);
          form.submit();
        };
        const code = { key: 'script.py', file: 'print("owned")' };
        post(`${s3}/${bucket}`, 'multipart/form-data', code);
        post(`${s3}/${bucket}?delete`, 'text/plain', { '<Delete><Object><Key>script.py</Key></Object></Delete>': '' });
        post(`${s3}/`, 'application/x-www-form-urlencoded', { Action: 'CreateTopic', Name: 'x' });
        const json = '{"name":"executeCommand","arguments":{"command":"touch /tmp/owned"},"x":"';
        post(`${emulator}${invoke}`, 'text/plain', { [json]: '"}' });
        post(`${emulator}${list}`, 'application/x-www-form-urlencoded', {});
      },
      { ...targets(), bucket: BUCKET, invoke: INVOKE, list: LIST },
    );
    await until(() => seen.length === 5);
    expect(seen).toEqual([403, 403, 403, 403, 403]);
  });

  test('calls fetch, in each of its modes, and cannot read an answer', async () => {
    await open();
    const read = await page.evaluate(
      async ({ emulator, s3, bucket, start, invoke }) => {
        const tried: [string, string, string | undefined, string | undefined][] = [
          [`${s3}/${bucket}/script.py`, 'PUT', 'print("owned")', 'text/x-python'],
          [`${s3}/${bucket}/script.py`, 'DELETE', undefined, undefined],
          [`${s3}/${bucket}?list-type=2`, 'GET', undefined, undefined],
          [`${s3}/owned`, 'PUT', undefined, undefined],
          [`${emulator}${start}`, 'PUT', '{}', 'application/json'],
          [`${emulator}${invoke}`, 'POST', '{}', 'application/json'],
          [`${emulator}${invoke}`, 'POST', '{}', 'text/plain'],
          [`${emulator}${invoke}`, 'POST', '{}', undefined],
          [`${emulator}/code-interpreters`, 'POST', '{}', 'text/plain'],
          [`${emulator}/status.json`, 'GET', undefined, undefined],
          [`${emulator}/events`, 'GET', undefined, undefined],
        ];
        const texts: string[] = [];
        for (const [url, method, body, type] of tried) {
          for (const mode of ['cors', 'no-cors'] as const) {
            const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
            const text = await fetch(url, { method, body, mode, headers, keepalive: true })
              .then((answer) => answer.text())
              .catch(() => '');
            texts.push(text);
          }
        }
        navigator.sendBeacon(`${emulator}${invoke}`, '{}');
        return texts;
      },
      { ...targets(), bucket: BUCKET, start: START, invoke: INVOKE },
    );
    expect(read).toEqual(Array(22).fill(''));
  });

  test('includes what it wants to know as an image, a script, a frame, a stream or a socket', async () => {
    await open();
    const loaded = await page.evaluate(
      async ({ emulator, s3, bucket }) => {
        const include = (tag: string, url: string) =>
          new Promise<string>((resolve) => {
            const element = Object.assign(document.createElement(tag), { src: url });
            element.addEventListener('load', () => resolve('loaded'));
            element.addEventListener('error', () => resolve('refused'));
            document.body.append(element);
          });
        const stream = new Promise<string>((resolve) => {
          const source = new EventSource(`${emulator}/events`);
          source.onopen = () => resolve('loaded');
          source.onerror = () => resolve('refused');
        });
        const socket = new Promise<string>((resolve) => {
          const web = new WebSocket(`${emulator.replace('http', 'ws')}/events`);
          web.onopen = () => resolve('loaded');
          web.onerror = () => resolve('refused');
        });
        return Promise.all([
          include('script', `${s3}/${bucket}/script.py`),
          include('img', `${s3}/${bucket}/script.py`),
          include('script', `${emulator}/status.json`),
          stream,
          socket,
        ]);
      },
      { ...targets(), bucket: BUCKET },
    );
    expect(loaded).toEqual(Array(5).fill('refused'));
  });

  test.each(['emulator', 's3'] as const)('has its own name lead to the %s: DNS rebinding', async (target) => {
    const { port } = new URL(targets()[target]);
    const first = await page.goto(`http://rebound.example:${port}/`);
    expect(first?.status()).toBe(403);
    const answers = await page.evaluate(
      async ({ bucket, start }) => {
        const ask = async (path: string, method = 'GET', body?: string) => {
          const answer = await fetch(path, {
            method,
            body,
            headers: body ? { 'content-type': 'application/json' } : {},
          });
          return answer.status;
        };
        return Promise.all([
          ask('/'),
          ask('/status.json'),
          ask(`/${bucket}?list-type=2`),
          ask(`/${bucket}/script.py`),
          ask(`/${bucket}/script.py`, 'PUT', 'print("owned")'),
          ask(start, 'PUT', '{}'),
        ]);
      },
      { bucket: BUCKET, start: START },
    );
    expect(answers).toEqual(Array(6).fill(403));
  });

  test('is not the page of the emulator, which shows what it is asked for', async () => {
    await page.goto(`${emulator.endpoint}/`);
    if (!isOpen) {
      await page.fill('#token', 'not-the-token-of-it');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => (document.querySelector('#token') as HTMLInputElement).value === '');
      await page.fill('#token', emulator.token ?? '');
      await page.keyboard.press('Enter');
    }
    await page.waitForFunction(() => document.querySelector('#live')?.textContent === 'live');
    await page.waitForFunction(() => document.querySelector('#sessions')?.textContent === 'None yet.');
    expect(page.url()).toBe(`${emulator.endpoint}/`);
  });
});
