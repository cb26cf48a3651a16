import { AspectPriority, Aspects, type IAspect, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { Construct, IConstruct } from 'constructs';
import { validationError, warn } from '../base/construct-validation';
import { WarningId } from '../base/warning-id';
import { SERVICE_PRINCIPAL } from './execution-role';

/** The part of a trust policy that matters here. */
interface TrustStatement {
  readonly Effect?: string;
  readonly Principal?: { readonly Service?: string | string[] };
  readonly Condition?: Record<string, unknown>;
}

/** Checks a role that was given, without changing it: what it lacks would show only when the interpreter is created. */
export function checkGivenRole(scope: Construct, role: iam.IRole): void {
  const mine = Stack.of(scope).account;
  const theirs = role.env.account;
  if (!Token.isUnresolved(mine) && !Token.isUnresolved(theirs) && mine !== theirs) {
    throw validationError(
      scope,
      'ExecutionRoleOtherAccount',
      `executionRole must be in the account of the interpreter, ${mine}; got ${theirs}: the service takes no role of another account`,
    );
  }
  if (!(role instanceof iam.Role)) {
    warn(
      scope,
      WarningId.ROLE_TRUST_UNKNOWN,
      `whether the given role trusts ${SERVICE_PRINCIPAL} cannot be seen here: without that trust, the interpreter cannot be created`,
    );
    return;
  }
  // At the end of synth, when the trust policy is complete.
  scope.node.addValidation({ validate: () => trustProblems(scope, role) });
  Aspects.of(scope).add(new TrustConditionWarning(scope, role), { priority: AspectPriority.READONLY });
}

function trustProblems(scope: Construct, role: iam.Role): string[] {
  return trustOfService(scope, role).length > 0
    ? []
    : [
        `executionRole must trust the service: got ${role.node.path}, whose trust policy has no statement for ${SERVICE_PRINCIPAL}; ` +
          'add one with conditions on aws:SourceAccount and aws:SourceArn, see docs/security.md',
      ];
}

function trustOfService(scope: Construct, role: iam.Role): TrustStatement[] {
  const document = Stack.of(scope).resolve(role.assumeRolePolicy) as { Statement?: TrustStatement[] } | undefined;
  return (document?.Statement ?? []).filter(
    ({ Effect, Principal }) => Effect === 'Allow' && [Principal?.Service].flat().includes(SERVICE_PRINCIPAL),
  );
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
    if (node === this.scope && trustOfService(this.scope, this.role).some((statement) => !isNarrow(statement))) {
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
