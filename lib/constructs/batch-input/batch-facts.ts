import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { StagingArea } from '../staging/staging-area';
import type { AnalysisInput } from './analysis-input';

/** What the parts around a batch need to know of it. They cannot know its class, which knows them. */
export interface BatchFacts {
  readonly scope: Construct;
  readonly batchName: string;
  readonly input: AnalysisInput;
  readonly staging: StagingArea;
  readonly stateMachine: sfn.StateMachine;
  readonly logRetention: logs.RetentionDays;
}
