export { CodeInterpreter, type CodeInterpreterProps, type ManagedCodeInterpreterProps } from './code-interpreter';
export { CodeInterpreterBase, type ICodeInterpreter } from './code-interpreter-base';
export { CodeInterpreterNetwork } from './code-interpreter-network';
export type { CodeInterpreterAttributes } from './imported-code-interpreter';
export type { ManagedStagingBucketProps } from './managed-staging-bucket';
export { StagingArea, type StagingAreaProps } from './staging-area';
export { type GivenStagingBucketProps, StagingBucket } from './staging-bucket';
export type { CodeInterpreterVpcProps } from './vpc-network';
export { WarningId } from './warning-id';
