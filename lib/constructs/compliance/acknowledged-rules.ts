import { type CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';

/** The packs of cdk-nag that share most of their rules. */
const COMPLIANCE_PACKS = ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'];

/** Acknowledges a rule of the compliance packs of cdk-nag, where the design itself is the reason. */
export function acknowledgeComplianceRule(scope: IConstruct, rule: string, reason: string): void {
  Validations.of(scope).acknowledge(...COMPLIANCE_PACKS.map((pack) => ({ id: `${pack}-${rule}`, reason })));
}

/**
 * Acknowledges one finding of a rule that has several.
 *
 * As metadata: `Validations.acknowledge` refuses ids with a second "::", such as those with the ARN of a bucket.
 */
export function acknowledgeFinding(scope: IConstruct, id: string, reason: string): void {
  scope.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, { [`annotation::${id}`]: reason });
}

/** Acknowledges one resource with a wildcard in the policies of a principal, and no other. */
export function acknowledgeWildcardResource(principal: unknown, arn: string, reason: string): void {
  if (Construct.isConstruct(principal)) {
    const resource = flattenForNag(Stack.of(principal).resolve(arn));
    acknowledgeFinding(principal, `AwsSolutions-IAM5[Resource::${resource}]`, reason);
  }
}

/** Has checkov skip a check of one resource, with the reason in the template. */
export function skipCheckovCheck(resource: CfnResource, id: string, comment: string): void {
  const existing = resource.getMetadata('checkov') as { skip: object[] } | undefined;
  resource.addMetadata('checkov', { skip: [...(existing?.skip ?? []), { id, comment }] });
}

/** As cdk-nag spells a value in the id of a finding. */
export function flattenForNag(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  const { Ref: reference, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Record<string, unknown>;
  if (Array.isArray(join)) {
    return (join[1] as unknown[]).map(flattenForNag).join(String(join[0]));
  }
  if (Array.isArray(attribute)) {
    return `<${attribute.map(flattenForNag).join('.')}>`;
  }
  return reference === undefined ? JSON.stringify(value) : `<${flattenForNag(reference)}>`;
}
