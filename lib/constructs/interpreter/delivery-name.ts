import { createHash } from 'node:crypto';
import { Lazy, Names, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The longest name of a delivery source or destination, in characters. */
const MAX_LENGTH = 60;
const HASH_LENGTH = 8;

/**
 * The name of a delivery source or destination. Names are unique in an account, and a new value of what the name stands
 * for replaces the resource, before the old one is deleted: so the name changes with these values.
 */
export function deliveryName(scope: Construct, ...standsFor: string[]): string {
  return Lazy.string({
    produce: () => {
      const values = Stack.of(scope).resolve(standsFor);
      const hash = createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, HASH_LENGTH);
      const name = Names.uniqueResourceName(scope, {
        maxLength: MAX_LENGTH - HASH_LENGTH - 1,
        separator: '-',
        allowedSpecialCharacters: '_-',
      });
      return `${name}-${hash}`;
    },
  });
}
