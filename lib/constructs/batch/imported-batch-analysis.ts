import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { INCOMING_PREFIX } from '../../contract/layout';
import { AnalysisInput } from '../batch-input/analysis-input';
import type { BatchContext } from '../batch-input/batch-context';
import { type BatchHostingProps, checkHosting } from '../batch-input/batch-hosting';
import type { StagingArea } from '../staging/staging-area';
import type { StagingBucket } from '../staging/staging-bucket';
import { BatchAnalysisBase } from './batch-analysis-base';
import { checkBatchName } from './batch-name';

/**
 * What is known of a batch of another app. The hosting properties apply to what is added to the batch here: its starter and
 * its notifier.
 */
export interface BatchAnalysisAttributes extends BatchHostingProps {
  /** The ARN of the state machine. */
  readonly stateMachineArn: string;
  /** The name of the batch. */
  readonly batchName: string;
  /** The bucket of inputs and results. */
  readonly staging: StagingBucket;
  /**
   * Where its items come from: schedules and upload triggers narrow it.
   *
   * @default AnalysisInput.fromPrefix('incoming/')
   */
  readonly input?: AnalysisInput;
}

/** A batch that this app did not create. */
export class ImportedBatchAnalysis extends BatchAnalysisBase {
  readonly stateMachine: sfn.IStateMachine;
  readonly batchName: string;
  readonly staging: StagingArea;
  /** @internal */
  protected readonly _context: BatchContext;

  constructor(scope: Construct, id: string, attributes: BatchAnalysisAttributes) {
    super(scope, id, { environmentFromArn: attributes.stateMachineArn });
    const { batchName, stateMachineArn, staging, input } = attributes;
    checkBatchName(this, batchName);
    checkHosting(this, attributes);
    this.batchName = batchName;
    this.stateMachine = sfn.StateMachine.fromStateMachineArn(this, 'StateMachine', stateMachineArn);
    this.staging = staging.bind(this);
    this._context = {
      scope: this,
      batchName,
      input: input ?? AnalysisInput.fromPrefix(INCOMING_PREFIX),
      staging: this.staging,
      stateMachine: this.stateMachine,
      hosting: attributes,
    };
  }
}
