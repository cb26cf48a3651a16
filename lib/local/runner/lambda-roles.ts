import {
  LAMBDA_ROLE_METADATA,
  type LambdaRole,
  type LambdaRoleMetadata,
  PROTOCOL_VERSION,
} from '../../contract/lambda-role';
import type { TemplateResource } from './assembly';

/** The versions of the protocol that this runner works with. */
const SUPPORTED_VERSIONS: readonly number[] = [PROTOCOL_VERSION];

/**
 * What the template says that a Lambda does; nothing for Lambdas that are not of the constructs.
 *
 * Fails, and says which of the two packages to update, if it was synthesized with another version of the protocol.
 */
export function roleOf(id: string, { Metadata }: TemplateResource): LambdaRole | undefined {
  const metadata = Metadata?.[LAMBDA_ROLE_METADATA] as LambdaRoleMetadata | undefined;
  if (metadata !== undefined && !SUPPORTED_VERSIONS.includes(metadata.protocolVersion)) {
    throw new Error(unsupported(id, metadata));
  }
  return metadata?.role;
}

function unsupported(id: string, { role, protocolVersion }: LambdaRoleMetadata): string {
  const update =
    protocolVersion > Math.max(...SUPPORTED_VERSIONS)
      ? 'Update agentcore-local: npm install agentcore-local@latest'
      : 'Update cdk-agentcore-code-interpreter, then synthesize again: npx cdk synth';
  const supported = SUPPORTED_VERSIONS.join(', ');
  return `the ${role} "${id}" has protocol version ${protocolVersion}; this agentcore-local supports ${supported}. ${update}`;
}
