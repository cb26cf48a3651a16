/**
 * How many bytes a value takes of the 4 KB that a Lambda's environment has, as JSON in one of its variables. Lambda
 * measures the whole environment as JSON, so that each quote in the value counts twice.
 */
export function bytesInEnvironment(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(value)));
}
