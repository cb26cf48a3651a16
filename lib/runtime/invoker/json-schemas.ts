import * as z from 'zod/mini';
import { requestSchema } from './request-schema';
import { responseSchema } from './response-schema';

const ID = 'https://github.com/cdk-agentcore-code-interpreter/cdk-agentcore-code-interpreter/schemas';

/**
 * The contract as JSON Schemas, by file name. What fields must fit together, and how paths must look, they cannot say: the
 * invoker checks that too.
 */
export function jsonSchemas(): Record<string, object> {
  return {
    'invoker-request.schema.json': { $id: `${ID}/invoker-request.schema.json`, ...z.toJSONSchema(requestSchema) },
    'invoker-response.schema.json': { $id: `${ID}/invoker-response.schema.json`, ...z.toJSONSchema(responseSchema) },
  };
}
