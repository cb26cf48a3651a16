import * as z from 'zod/mini';
import { batchRequest } from './plan-request';

/** The JSON Schema (draft 2020-12) of an execution's input: what Plan checks, besides what it looks up. */
export function batchRequestJsonSchema(): object {
  return {
    title: 'BatchRequest',
    description: 'The input of an execution of a batch analysis. Every field may be left out.',
    ...z.toJSONSchema(batchRequest, { io: 'input' }),
  };
}
