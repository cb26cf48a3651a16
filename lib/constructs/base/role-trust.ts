import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { validationError, warn } from './construct-validation';
import { WarningId } from './warning-id';

/** The part of a trust policy that matters here. */
export interface TrustStatement {
  readonly Effect?: string;
  readonly Principal?: { readonly Service?: string | string[] };
  readonly Condition?: Record<string, unknown>;
}

/** The statements of a role's trust policy that let a service take the role. */
export function trustStatements(scope: Construct, role: iam.Role, service: string): TrustStatement[] {
  const document = Stack.of(scope).resolve(role.assumeRolePolicy) as { Statement?: TrustStatement[] } | undefined;
  return (document?.Statement ?? []).filter(
    ({ Effect, Principal }) => Effect === 'Allow' && [Principal?.Service].flat().includes(service),
  );
}

/**
 * Checks a given role without changing it: it must belong to the stack's account and trust the service. Where the trust
 * policy is not visible, a warning says so. The trust policy is checked at the end of synth, when it is complete.
 *
 * @param field the property that the role was given as
 */
export function requireTrust(scope: Construct, field: string, role: iam.IRole, service: string): void {
  const account = Stack.of(scope).account;
  const given = role.env.account;
  if (!Token.isUnresolved(account) && !Token.isUnresolved(given) && account !== given) {
    throw validationError(
      scope,
      'RoleOtherAccount',
      `${field} must be a role of account ${account}; got one of account ${given}: ${service} takes no role of another account`,
    );
  }
  if (!(role instanceof iam.Role)) {
    warn(
      scope,
      WarningId.ROLE_TRUST_UNKNOWN,
      `whether the role given as ${field} trusts ${service} cannot be seen here: without that trust, the deployment fails`,
    );
    return;
  }
  scope.node.addValidation({
    validate: () =>
      trustStatements(scope, role, service).length > 0
        ? []
        : [
            `${field} must trust ${service}: got ${role.node.path}, whose trust policy has no statement for it; ` +
              'see docs/security.md',
          ],
  });
}
