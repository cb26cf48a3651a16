import type { EnvironmentName } from '../contract/environment';

/** The value of an environment variable that the construct sets. */
export function required(name: EnvironmentName): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`the environment variable ${name} is not set; the construct sets it on this Lambda`);
  }
  return value;
}
