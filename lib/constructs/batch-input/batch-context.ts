import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { StagingArea } from '../staging/staging-area';
import type { AnalysisInput } from './analysis-input';
import type { BatchHostingProps } from './batch-hosting';

/** What the parts around a batch need to know of it. They cannot import its class, which imports them. */
export interface BatchContext {
  readonly scope: Construct;
  readonly batchName: string;
  readonly input: AnalysisInput;
  readonly staging: StagingArea;
  readonly stateMachine: sfn.IStateMachine;
  readonly hosting: BatchHostingProps;
}
