import { Aws, Fn, Names } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * A part of the stack's id, which no two stacks of an account share, not even under the same name: a log group that an
 * earlier stack has left behind, or that the same app has in another stack, is in nobody's way.
 */
export function stackIdPart(): string {
  return Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))));
}

const LOG_GROUP_NAME_MAX_LENGTH = 512;
/** The length of what `stackIdPart` resolves to. */
const STACK_ID_PART_LENGTH = 8;

/**
 * The name of a log group that AWS services deliver to without a resource policy of its own, of which an account has ten.
 *
 * @param service the part after `/aws/vendedlogs/`
 * @param suffix for people to read
 */
export function stackScopedLogGroupName(scope: IConstruct, service: string, suffix: string): string {
  const prefix = `/aws/vendedlogs/${service}/`;
  const maxLength = LOG_GROUP_NAME_MAX_LENGTH - prefix.length - STACK_ID_PART_LENGTH - suffix.length - 2;
  const readable = Names.uniqueResourceName(scope, { maxLength, separator: '-', allowedSpecialCharacters: '_-' });
  return `${prefix}${readable}-${stackIdPart()}/${suffix}`;
}
