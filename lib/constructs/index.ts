export { AnalysisInput, type ItemsInputProps, type PrefixInputProps } from './analysis-input';
export { AnalysisScript, type AnalysisScriptProps, type BoundAnalysisScript } from './analysis-script';
export { BatchAnalysis } from './batch-analysis';
export type { BatchAnalysisProps } from './batch-analysis-props';
export { CodeInterpreter, type CodeInterpreterProps, type ManagedCodeInterpreterProps } from './code-interpreter';
export { CodeInterpreterBase, type ICodeInterpreter } from './code-interpreter-base';
export {
  CodeInterpreterEndpointService,
  CodeInterpreterEndpoints,
  type CodeInterpreterEndpointsProps,
} from './code-interpreter-endpoints';
export { CodeInterpreterNetwork } from './code-interpreter-network';
export type { CodeInterpreterAttributes } from './imported-code-interpreter';
export type { ManagedStagingBucketProps } from './managed-staging-bucket';
export { StagingArea, type StagingAreaProps } from './staging-area';
export { type GivenStagingBucketProps, StagingBucket } from './staging-bucket';
export type { CodeInterpreterStrictVpcProps } from './strict-vpc-network';
export type { CodeInterpreterVpcProps } from './vpc-network';
export { WarningId } from './warning-id';
