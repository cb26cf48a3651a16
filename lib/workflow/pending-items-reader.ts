import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { JsonPath, S3JsonLItemReader } from 'aws-cdk-lib/aws-stepfunctions';

/** Reads the items that Plan has listed; allows reading those lists only, where the L2 allows the whole bucket. */
export class PendingItemsReader extends S3JsonLItemReader {
  constructor(
    private readonly source: IBucket,
    private readonly runs: string,
    keyPath: string,
  ) {
    super({ bucket: source, key: JsonPath.stringAt(keyPath) });
  }

  override providePolicyStatements(): PolicyStatement[] {
    return [
      new PolicyStatement({
        actions: ['s3:GetObject'],
        resources: [this.source.arnForObjects(`${this.runs}*/pending/*`)],
        conditions: { StringEquals: { 's3:ResourceAccount': Stack.of(this.source).account } },
      }),
    ];
  }
}
