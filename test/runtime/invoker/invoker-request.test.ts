import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { checkInvokerRequest } from '../../../lib/runtime/invoker/invoker-request';
import { jsonSchemas } from '../../../lib/runtime/invoker/json-schemas';
import { InvokerWorld } from '../../support/invoker-world';
import { malformedRequest, validRequest } from './requests';

const HALF = { numRuns: 2_500, seed: 5 };

function refusal(request: unknown): Error | undefined {
  try {
    checkInvokerRequest(JSON.parse(JSON.stringify(request)));
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** The field itself, or something in it. */
function naming(field: string): RegExp {
  return new RegExp(`[ :]${field.replaceAll('.', '\\.')}[.:]`);
}

test('2,500 requests that fit are taken as they are', () => {
  fc.assert(
    fc.property(validRequest, (request) => {
      const sent = JSON.parse(JSON.stringify(request));
      expect(checkInvokerRequest(sent)).toEqual(sent);
    }),
    HALF,
  );
});

test('2,500 requests that do not fit are refused, and the message names the field', () => {
  fc.assert(
    fc.property(malformedRequest, ({ request, field }) => {
      const error = refusal(request);
      expect(error?.name).toBe('InvalidRequest');
      expect(error?.message).toMatch(naming(field));
    }),
    HALF,
  );
});

test('a sample of them, through the handler: an answer, or an error with a name of the contract', async () => {
  const world = await InvokerWorld.open();
  try {
    for (const request of fc.sample(validRequest, { numRuns: 15, seed: 5 })) {
      // A session that is made up does not exist, and neither do objects.
      const { sessionId: _, endSession: __, ...rest } = request;
      const called = { ...rest, timeoutSeconds: 5 };
      const outcome = await world.invoke(called).catch(({ name }: Error) => name);
      expect(typeof outcome === 'string' ? outcome : 'an answer').toMatch(/^(an answer|StagingFailed)$/);
    }
    for (const { request, field } of fc.sample(malformedRequest, { numRuns: 100, seed: 5 })) {
      const { name, message } = await world.failure(request);
      expect(name).toBe('InvalidRequest');
      expect(message).toMatch(naming(field));
    }
    expect(world.emulator.sessions().filter(({ status }) => status === 'READY')).toEqual([]);
  } finally {
    await world.close();
  }
});

test.each([null, 1, 'text', [], true])('%j is no request', (request) => {
  expect(refusal(request)?.message).toMatch(/^the request is not valid: request: /);
});

test('a message holds neither the values nor more than twenty reasons', () => {
  const error = refusal({ code: '1', language: 'hunter2', outputs: Array(50).fill('/hunter2') });
  expect(error?.message).not.toContain('hunter2');
  expect(error?.message).toMatch(/; and \d+ more$/);
});

test.each(Object.entries(jsonSchemas()))('the published %s is what is checked', (name, schema) => {
  const published = readFileSync(join(__dirname, '../../../docs/schemas', name), 'utf8');
  // Not so? Run `npm run generate`.
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(schema)));
});
