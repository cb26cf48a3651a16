import type * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { runsPrefix } from '../../contract/layout';
import { SessionActions } from '../model/session-actions';
import type { StagingArea } from '../staging/staging-area';

/** What the parts of a batch may do: each what its states need, below the batch's own prefixes. */
export class BatchPermissions {
  private readonly runs: string;

  constructor(
    batchName: string,
    private readonly staging: StagingArea,
    private readonly interpreter: bedrockagentcore.ICodeInterpreterCustom,
  ) {
    this.runs = runsPrefix(batchName);
  }

  /** The Map Run reads its items, and writes its children's results, below the batch's runs. */
  grantMapRun(stateMachine: iam.IGrantable): void {
    this.staging.grantReadWrite(stateMachine, this.runs);
    iam.Grant.addToPrincipal({
      grantee: stateMachine,
      actions: ['s3:ListMultipartUploadParts'],
      resourceArns: [this.staging.bucket.arnForObjects(`${this.runs}*`)],
      conditions: { StringEquals: { 's3:ResourceAccount': this.staging.bucket.env.account } },
    });
  }

  grantPlanner(planner: iam.IGrantable, inputPrefix: string): void {
    this.staging.grantRead(planner, inputPrefix);
    this.staging.grantReadWrite(planner, this.runs);
    // A resumed run puts new results instead of failed ones.
    this.staging.grantDelete(planner, this.runs);
  }

  grantWorker(worker: iam.IGrantable, inputPrefix: string, assets: Asset[], setupObjects: string[]): void {
    this.staging.grantRead(worker, inputPrefix);
    this.staging.grantReadWrite(worker, this.runs);
    for (const asset of assets) {
      iam.Grant.addToPrincipal({
        grantee: worker,
        actions: ['s3:GetObject'],
        resourceArns: [asset.bucket.arnForObjects(asset.s3ObjectKey)],
      });
    }
    for (const key of setupObjects) {
      if (key.endsWith('/')) {
        this.staging.grantRead(worker, key);
      } else {
        this.staging.grantReadObject(worker, key);
      }
    }
    this.interpreter.grantUse(worker);
  }

  grantReporter(reporter: iam.IGrantable, combines: boolean): void {
    this.staging.grantReadWrite(reporter, this.runs);
    if (combines) {
      // A resumed run combines its results again.
      this.staging.grantDelete(reporter, this.runs);
    }
    this.interpreter.grant(reporter, ...SessionActions.stop);
    iam.Grant.addToPrincipal({
      grantee: reporter,
      actions: [...SessionActions.list],
      resourceArns: ['*'],
    });
  }
}
