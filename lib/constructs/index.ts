export { AnalystAgent } from './agent/analyst-agent';
export type { AnalystAgentLimits, AnalystAgentProps } from './agent/analyst-agent-props';
export { CodeInterpreterTool } from './agent/code-interpreter-tool';
export { CodeInterpreterToolAlarms, type CodeInterpreterToolAlarmsProps } from './agent/code-interpreter-tool-alarms';
export { CodeInterpreterToolOperation, type CodeInterpreterToolProps } from './agent/code-interpreter-tool-props';
export { WarningId } from './base/warning-id';
export { AnalysisScript, type AnalysisScriptProps, type BoundAnalysisScript } from './batch/analysis-script';
export { BatchAnalysis } from './batch/batch-analysis';
export { BatchAnalysisAlarms, type BatchAnalysisAlarmsProps } from './batch/batch-analysis-alarms';
export { BatchAnalysisBase } from './batch/batch-analysis-base';
export type { BatchAnalysisProps } from './batch/batch-analysis-props';
export type { IBatchAnalysis } from './batch/batch-analysis-ref';
export type { BatchCombine } from './batch/batch-combine';
export type { BatchAnalysisAttributes } from './batch/imported-batch-analysis';
export type { SessionSetup } from './batch/session-setup';
export {
  AnalysisInput,
  type AnalysisInputProps,
  type ItemFilterProps,
  type ItemsInputProps,
  type ManifestInputProps,
  type PrefixInputProps,
} from './batch-input/analysis-input';
export type { BatchHostingProps, BatchReservedConcurrency, BatchRoles } from './batch-input/batch-hosting';
export type { BatchEventDestinationOptions, BatchNotificationOptions } from './batch-notifications/batch-notifications';
export { BatchResultsTable, type BatchResultsTableProps } from './batch-results/batch-results-table';
export type { BatchScheduleOptions } from './batch-start/batch-schedule';
export type { BatchUploadTriggerOptions } from './batch-start/batch-upload';
export {
  type AwsManagedCodeInterpreterProps,
  CodeInterpreter,
  type CodeInterpreterProps,
} from './interpreter/code-interpreter';
export {
  CodeInterpreterLogDeliveries,
  type CodeInterpreterLogDeliveriesProps,
  type CodeInterpreterObservability,
} from './interpreter/code-interpreter-log-deliveries';
export type { CodeInterpreterAttributes, CodeInterpreterImportOptions } from './interpreter/imported-code-interpreter';
export { type CloudWatchLogsDestinationProps, LogDestination } from './interpreter/log-destination';
export { CodeInterpreterInvoker } from './invoker/code-interpreter-invoker';
export {
  type CodeInterpreterInvokerAttributes,
  CodeInterpreterInvokerBase,
  type ICodeInterpreterInvoker,
} from './invoker/code-interpreter-invoker-base';
export type { CodeInterpreterInvokerProps } from './invoker/code-interpreter-invoker-props';
export type { LambdaOptions } from './lambda/lambda-options';
export { CodeInterpreterBase, type ICodeInterpreter } from './model/code-interpreter-base';
export {
  CodeInterpreterEndpointService,
  CodeInterpreterEndpoints,
  type CodeInterpreterEndpointsProps,
} from './network/code-interpreter-endpoints';
export { CodeInterpreterNetwork } from './network/code-interpreter-network';
export type { CodeInterpreterStrictVpcProps } from './network/strict-vpc-network';
export type { CodeInterpreterVpcProps } from './network/vpc-network';
export { CodeInterpreterAlarms, type CodeInterpreterAlarmsProps } from './observability/code-interpreter-alarms';
export {
  CodeInterpreterDashboard,
  type CodeInterpreterDashboardProps,
} from './observability/code-interpreter-dashboard';
export { CodeInterpreterTrail, type CodeInterpreterTrailProps } from './observability/code-interpreter-trail';
export type { NewStagingBucketProps } from './staging/new-staging-bucket';
export { StagingArea, type StagingAreaProps } from './staging/staging-area';
export { type ExistingStagingBucketProps, StagingBucket } from './staging/staging-bucket';
