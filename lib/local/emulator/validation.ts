import { type InvalidField, invalid } from './errors';

/** A JSON object of a request, before it is checked. */
export type Fields = Record<string, unknown>;

/**
 * Checks the fields of a request against the limits of the AWS API model and collects what is wrong with all of them,
 * as the service's `fieldList` does. Absent and null mean the same, as in REST-JSON.
 */
export class Checker {
  readonly #wrong: InvalidField[] = [];

  fail(name: string, message: string): undefined {
    this.#wrong.push({ name, message });
    return undefined;
  }

  /** Throws a ValidationException if anything was wrong. */
  finish(): void {
    if (this.#wrong.length > 0) {
      throw invalid(this.#wrong);
    }
  }

  string(
    value: unknown,
    name: string,
    limits: { min?: number; max?: number; pattern?: RegExp } = {},
  ): string | undefined {
    if (value === undefined || value === null) {
      return undefined;
    }
    if (typeof value !== 'string') {
      return this.fail(name, 'Member must be a string');
    }
    const { min = 0, max = Number.POSITIVE_INFINITY, pattern } = limits;
    // The length is only counted where it can matter: values may be as long as the largest payload.
    if (value.length < min) {
      return this.fail(name, `Member must have length greater than or equal to ${min}`);
    }
    if (value.length > max) {
      return this.fail(name, `Member must have length less than or equal to ${max}`);
    }
    if (pattern !== undefined && !pattern.test(value)) {
      return this.fail(
        name,
        `Member must satisfy regular expression pattern: ${pattern.source.replace(/^\^|\$$/g, '')}`,
      );
    }
    return value;
  }

  required<T>(value: T | undefined, given: unknown, name: string): T | undefined {
    if (given === undefined || given === null) {
      this.fail(name, 'Member must not be null');
    }
    return value;
  }

  integer(value: unknown, name: string, limits: { min: number; max: number }): number | undefined {
    if (value === undefined || value === null) {
      return undefined;
    }
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      return this.fail(name, 'Member must be an integer');
    }
    if (value < limits.min) {
      return this.fail(name, `Member must have value greater than or equal to ${limits.min}`);
    }
    if (value > limits.max) {
      return this.fail(name, `Member must have value less than or equal to ${limits.max}`);
    }
    return value;
  }

  boolean(value: unknown, name: string): boolean | undefined {
    if (value === undefined || value === null) {
      return undefined;
    }
    return typeof value === 'boolean' ? value : this.fail(name, 'Member must be a boolean');
  }

  oneOf<T extends string>(value: unknown, name: string, values: readonly T[]): T | undefined {
    if (value === undefined || value === null) {
      return undefined;
    }
    const found = values.find((one) => one === value);
    return found ?? this.fail(name, `Member must satisfy enum value set: [${values.join(', ')}]`);
  }

  list(value: unknown, name: string, limits: { min?: number; max?: number } = {}): unknown[] | undefined {
    if (value === undefined || value === null) {
      return undefined;
    }
    if (!Array.isArray(value)) {
      return this.fail(name, 'Member must be a list');
    }
    const { min = 0, max = Number.POSITIVE_INFINITY } = limits;
    if (value.length < min) {
      return this.fail(name, `Member must have length greater than or equal to ${min}`);
    }
    if (value.length > max) {
      return this.fail(name, `Member must have length less than or equal to ${max}`);
    }
    return value;
  }

  object(value: unknown, name: string): Fields | undefined {
    if (value === undefined || value === null) {
      return undefined;
    }
    return isObject(value) ? value : this.fail(name, 'Member must be an object');
  }
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
