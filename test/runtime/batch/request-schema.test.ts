import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { batchRequestJsonSchema } from '../../../lib/runtime/batch/request-json-schema';

const published = JSON.parse(readFileSync(join(__dirname, '../../../docs/batch-request.schema.json'), 'utf8'));

test('the published schema is what Plan checks; otherwise run: npm run generate', () => {
  expect(published).toEqual(JSON.parse(JSON.stringify(batchRequestJsonSchema())));
});

describe('by the published schema', () => {
  const schema = z.fromJSONSchema(published);

  test.each<[string, object]>([
    ['nothing', {}],
    ['a prefix', { prefix: 'incoming/2026-11-22/' }],
    ['items', { items: ['incoming/a.csv', { key: 'incoming/b.csv', parameters: { currency: 'EUR' } }] }],
    ['parameters', { parameters: { nested: { list: [1, null, true, 'text'] } } }],
    ['a run to resume', { runId: 'Nightly-20261122T010000Z' }],
  ])('%s is an input', (_, input) => {
    expect(schema.safeParse(input).success).toBe(true);
  });

  test.each<[string, object]>([
    ['an unknown field', { prefx: 'incoming/' }],
    ['no item', { items: [] }],
    ['an item without a key', { items: [{ parameters: {} }] }],
    ['a run id with a slash', { runId: 'a/b' }],
  ])('%s is none', (_, input) => {
    expect(schema.safeParse(input).success).toBe(false);
  });
});
