import { join } from 'node:path';
import { CfnOutput, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import * as athena from 'aws-cdk-lib/aws-athena';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import {
  AnalysisInput,
  AnalysisScript,
  BatchAnalysis,
  BatchResultsTable,
  CodeInterpreter,
  type StagingArea,
} from '../../lib';

/** Where the answers of queries go, in the staging bucket. */
const ANSWERS = 'queries/';

/** A batch whose results are tables in Athena, with a workgroup, and a policy for those who may query. */
export class ResultsInAthenaStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const interpreter = new CodeInterpreter(this, 'Interpreter');
    const batch = new BatchAnalysis(this, 'Datasets', {
      interpreter,
      script: AnalysisScript.fromAsset(join(__dirname, '../vega-datasets/analysis.py')),
      input: AnalysisInput.fromPrefix('incoming/', { suffixes: ['.csv', '.json'] }),
      toleratedFailurePercentage: 10,
    });
    const table = new BatchResultsTable(this, 'Results', {
      batch,
      rowColumns: { rows: 'bigint', columns: 'int', missing_percent: 'double', outliers: 'bigint' },
    });

    const workgroup = this.makeWorkgroup(batch.staging);
    const policy = new iam.ManagedPolicy(this, 'QueryResults', { description: 'Queries over the results of a batch' });
    table.grantQuery(policy);
    this.allowWorkgroup(policy, workgroup, batch.staging);

    new CfnOutput(this, 'StagingBucketName', { value: batch.staging.bucket.bucketName });
    new CfnOutput(this, 'WorkgroupName', { value: workgroup.name });
    new CfnOutput(this, 'TableName', { value: `${table.databaseName}.${table.tableName}` });
    new CfnOutput(this, 'LatestTableName', { value: `${table.databaseName}.${table.latestTableName}` });
    for (const pack of ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321']) {
      Validations.of(interpreter.staging.bucket).acknowledge({
        id: `${pack}-S3DefaultEncryptionKMS`,
        reason: 'SSE-S3 is enough for the public data sets of this example, and costs no key.',
      });
    }
  }

  private makeWorkgroup({ bucket }: StagingArea): athena.CfnWorkGroup {
    return new athena.CfnWorkGroup(this, 'Workgroup', {
      name: `${this.stackName}-results`,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        resultConfiguration: {
          outputLocation: `s3://${bucket.bucketName}/${ANSWERS}`,
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
        },
      },
    });
  }

  private allowWorkgroup(policy: iam.ManagedPolicy, workgroup: athena.CfnWorkGroup, staging: StagingArea): void {
    staging.grantReadWrite(policy, ANSWERS);
    policy.addStatements(
      new iam.PolicyStatement({
        actions: [
          'athena:StartQueryExecution',
          'athena:StopQueryExecution',
          'athena:GetQueryExecution',
          'athena:GetQueryResults',
          'athena:GetWorkGroup',
        ],
        resources: [this.formatArn({ service: 'athena', resource: 'workgroup', resourceName: workgroup.name })],
      }),
      new iam.PolicyStatement({ actions: ['s3:GetBucketLocation'], resources: [staging.bucket.bucketArn] }),
    );
  }
}
