/** The local emulator of the Amazon Bedrock AgentCore Code Interpreter. */

export type { NetworkMode } from '../../contract/service';
export type { IsolationRequest } from '../sandbox/isolation';
export type { SessionLimits } from '../sandbox/limits';
export { type Emulator, startEmulator } from './emulator';
export type { EmulatorEvent, InvocationRecord, RequestRecord, SessionEnd } from './events';
export type { Fault, FaultKind, FaultRule } from './faults';
export type { History } from './history';
export { type Latencies, SERVICE_LATENCIES } from './latencies';
export type { EmulatorOptions, InterpreterDefinition } from './options';
export { type Quotas, SERVICE_QUOTAS } from './quotas';
export { greeting, type ServeOptions, serve } from './serve';
export type { SessionView as EmulatedSession } from './session';
