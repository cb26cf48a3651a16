import { Stack, type StackProps, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { CodeInterpreter, CodeInterpreterLogDeliveries, StagingBucket } from '../../lib';

/** The packs of cdk-nag that ask for more than these defaults. */
const COMPLIANCE_PACKS = ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'];

export interface ImportedInterpreterStackProps extends StackProps {
  readonly codeInterpreterArn: string;
  readonly executionRoleArn: string;
}

/** Callers of an interpreter that another team owns, and of the one that AWS manages. */
export class ImportedInterpreterStack extends Stack {
  constructor(scope: Construct, id: string, props: ImportedInterpreterStackProps) {
    super(scope, id, props);
    const shared = CodeInterpreter.fromCodeInterpreterAttributes(this, 'Shared', {
      codeInterpreterArn: props.codeInterpreterArn,
      executionRole: iam.Role.fromRoleArn(this, 'SharedRole', props.executionRoleArn, { mutable: false }),
      networkMode: 'SANDBOX',
      staging: StagingBucket.create({ encryptionKey: new kms.Key(this, 'Key', { enableKeyRotation: true }) }),
    });
    const managed = CodeInterpreter.fromAwsManaged(this, 'Managed');
    const caller = new iam.Role(this, 'Caller', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    shared.grantUse(caller);
    managed.grantInvoke(caller);
    shared.staging.grantReadWrite(caller, 'runs/');
    for (const pack of COMPLIANCE_PACKS) {
      Validations.of(caller).acknowledge({
        id: `${pack}-IAMNoInlinePolicy`,
        reason:
          'The policy holds the grants of this one role: it is to come and go with the role, and nothing else may use it.',
      });
    }
    new CodeInterpreterLogDeliveries(this, 'Deliveries', { interpreter: shared, traces: true });
  }
}
