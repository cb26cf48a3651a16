export {
  AnalysisInput,
  type AnalysisInputProps,
  type FoundItemsProps,
  type ItemsInputProps,
  type ManifestInputProps,
  type PrefixInputProps,
} from './analysis-input';
export { AnalysisScript, type AnalysisScriptProps, type BoundAnalysisScript } from './analysis-script';
export { BatchAnalysis } from './batch-analysis';
export { BatchAnalysisAlarms, type BatchAnalysisAlarmsProps } from './batch-analysis-alarms';
export { BatchAnalysisBase } from './batch-analysis-base';
export type { BatchAnalysisProps } from './batch-analysis-props';
export type { BatchCombine } from './batch-combine';
export type { BatchEventOptions, BatchNoticeOptions } from './batch-notices';
export { BatchResultsTable, type BatchResultsTableProps } from './batch-results-table';
export type { BatchScheduleOptions } from './batch-schedule';
export type { BatchUploadOptions } from './batch-upload';
export { CodeInterpreter, type CodeInterpreterProps, type ManagedCodeInterpreterProps } from './code-interpreter';
export { CodeInterpreterAlarms, type CodeInterpreterAlarmsProps } from './code-interpreter-alarms';
export { CodeInterpreterBase, type ICodeInterpreter } from './code-interpreter-base';
export { CodeInterpreterDashboard, type CodeInterpreterDashboardProps } from './code-interpreter-dashboard';
export {
  CodeInterpreterEndpointService,
  CodeInterpreterEndpoints,
  type CodeInterpreterEndpointsProps,
} from './code-interpreter-endpoints';
export { CodeInterpreterInvoker } from './code-interpreter-invoker';
export type { CodeInterpreterInvokerProps } from './code-interpreter-invoker-props';
export {
  CodeInterpreterLogDeliveries,
  type CodeInterpreterLogDeliveriesProps,
  type CodeInterpreterObservability,
} from './code-interpreter-log-deliveries';
export { CodeInterpreterNetwork } from './code-interpreter-network';
export { CodeInterpreterTrail, type CodeInterpreterTrailProps } from './code-interpreter-trail';
export type { CodeInterpreterAttributes } from './imported-code-interpreter';
export { type CloudWatchLogsDestinationProps, LogDestination } from './log-destination';
export type { ManagedStagingBucketProps } from './managed-staging-bucket';
export type { SessionSetup } from './session-setup';
export { StagingArea, type StagingAreaProps } from './staging-area';
export { type GivenStagingBucketProps, StagingBucket } from './staging-bucket';
export type { CodeInterpreterStrictVpcProps } from './strict-vpc-network';
export type { CodeInterpreterVpcProps } from './vpc-network';
export { WarningId } from './warning-id';
