import { randomBytes } from 'node:crypto';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A ULID: 48 bits of time, 80 of chance, in 26 characters, as the service's session ids are. */
export function ulid(milliseconds = Date.now()): string {
  const time = Array.from({ length: 10 }, (_, index) => CROCKFORD[Math.floor(milliseconds / 32 ** (9 - index)) % 32]);
  const chance = Array.from(randomBytes(16), (byte) => CROCKFORD[byte % 32]);
  return [...time, ...chance].join('');
}

/** The last part of a custom interpreter's id: ten letters and digits. */
export function interpreterSuffix(): string {
  const alphabet = `${CROCKFORD}abcdefghijklmnopqrstuvwxyz`;
  return Array.from(randomBytes(10), (byte) => alphabet[byte % alphabet.length]).join('');
}
