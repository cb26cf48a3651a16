import * as z from 'zod';
import type { JsonObject, JsonValue } from '../contract/json';

/** Any object that JSON can hold. */
export const jsonObject: z.ZodType<JsonObject> = z.lazy(() => z.record(z.string(), jsonValue));

/** Anything that JSON can hold. */
export const jsonValue: z.ZodType<JsonValue> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(jsonValue), jsonObject]),
);
