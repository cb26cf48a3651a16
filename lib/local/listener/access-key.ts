import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What an AWS client signs its requests with. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The access key id that goes with the token of an emulator: only the secret is secret. */
const TOKEN_KEY_ID = 'AGENTCORELOCALTOKEN';
const TOKEN_PATTERN = /^[A-Za-z0-9._~-]{16,128}$/;

export function randomSecret(): string {
  return randomBytes(30).toString('base64url');
}

/** A token as AWS clients use it: as the secret of their access key. */
export function accessKeyOfToken(token: string): AccessKey {
  return { accessKeyId: TOKEN_KEY_ID, secretAccessKey: token };
}

/** @throws if others could guess the token, or a shell or a header would change it */
export function checkToken(token: string, source: string): string {
  if (!TOKEN_PATTERN.test(token)) {
    throw new Error(`${source} must be 16 to 128 letters, digits, '.', '_', '~' or '-'`);
  }
  return token;
}

/** Compares in a time that says nothing about the secret. */
export function isSameSecret(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
