import { InvalidArgumentError, Option } from 'commander';
import type { JsonObject } from '../../contract/json';

/** Options that several commands have, and the parsers of their values. */
export function isolationOption(): Option {
  return new Option('--isolation <mode>', 'whether code is sandboxed by bubblewrap')
    .choices(['auto', 'require', 'off'])
    .default('auto');
}

export function pythonOption(): Option {
  return new Option('--python <path>', 'a Python interpreter that has IPython (default: found, or made once)');
}

export function parseWholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) {
    throw new InvalidArgumentError('It must be a whole number.');
  }
  return Number(text);
}

export function parseJsonObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as JsonObject;
    }
  } catch {
    // The message below says what would be right.
  }
  throw new InvalidArgumentError('It must be a JSON object, such as {"currency": "EUR"}.');
}

/** Collects the values of an option that may be given any number of times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
