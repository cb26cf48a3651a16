import { AspectPriority, Aspects, type IAspect, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct, IConstruct } from 'constructs';
import { warn } from '../base/construct-validation';
import { requireTrust, type TrustStatement, trustStatements } from '../base/role-trust';
import { WarningId } from '../base/warning-id';
import { SERVICE_PRINCIPAL } from './execution-role';

/** Checks a role that was given, without changing it: what it lacks would show only when the interpreter is created. */
export function checkGivenRole(scope: Construct, role: iam.IRole): void {
  requireTrust(scope, 'executionRole', role, SERVICE_PRINCIPAL);
  if (role instanceof iam.Role) {
    // At the end of synth, when the trust policy is complete.
    Aspects.of(scope).add(new TrustConditionWarning(scope, role), { priority: AspectPriority.READONLY });
  }
}

/** Whether code in a session has been given anything: any policy on the execution role. */
export function hasGrants(role: iam.IRole): boolean {
  if (!(role instanceof iam.Role)) {
    return true;
  }
  const resource = role.node.findAll().find((node) => CfnRole.isCfnRole(node));
  const managed = Stack.of(role).resolve(resource?.managedPolicyArns) as unknown[] | undefined;
  const inline = Stack.of(role).resolve(resource?.policies) as unknown[] | undefined;
  const attached = role.node.findAll().some((node) => node instanceof iam.CfnPolicy);
  return attached || (managed?.length ?? 0) > 0 || (inline?.length ?? 0) > 0;
}

/** Warns at the end of synth, when all grants have been made. */
export function warnWhenPublicWithGrants(scope: Construct, role: iam.IRole): void {
  Aspects.of(scope).add(new PublicNetworkWarning(scope, role), { priority: AspectPriority.READONLY });
}

class PublicNetworkWarning implements IAspect {
  constructor(
    private readonly scope: Construct,
    private readonly role: iam.IRole,
  ) {}

  visit(node: IConstruct): void {
    if (node === this.scope && hasGrants(this.role)) {
      warn(
        this.scope,
        WarningId.PUBLIC_NETWORK_WITH_GRANTS,
        'code in a session has the internet and can read the credentials of the execution role, which has grants or may have some: it can ' +
          'carry away whatever these allow. Take the sandbox or a VPC, or take the grants away',
      );
    }
  }
}

class TrustConditionWarning implements IAspect {
  constructor(
    private readonly scope: Construct,
    private readonly role: iam.Role,
  ) {}

  visit(node: IConstruct): void {
    if (
      node === this.scope &&
      trustStatements(this.scope, this.role, SERVICE_PRINCIPAL).some((statement) => !isNarrow(statement))
    ) {
      warn(
        this.scope,
        WarningId.ROLE_TRUST_UNCONDITIONAL,
        `the given role trusts ${SERVICE_PRINCIPAL} without conditions on aws:SourceAccount or aws:SourceArn, so that others could ` +
          'have the service take it for them; see docs/security.md for the documented form',
      );
    }
  }
}

function isNarrow({ Condition }: TrustStatement): boolean {
  const keys = Object.values(Condition ?? {}).flatMap((keys) => Object.keys(keys as object));
  return keys.some((key) => ['aws:sourceaccount', 'aws:sourcearn'].includes(key.toLowerCase()));
}
