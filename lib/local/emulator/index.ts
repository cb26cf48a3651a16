/** The local emulator of the Amazon Bedrock AgentCore Code Interpreter. */
export type { IsolationRequest } from '../sandbox/isolation';
export type { SessionLimits } from '../sandbox/limits';
export type { NetworkMode } from '../sandbox/sandbox-factory';
export { type Emulator, startEmulator } from './emulator';
export type { EmulatorEvent, InvocationRecord, RequestRecord, SessionEnd } from './events';
export type { History } from './history';
export type { EmulatorOptions, InterpreterDefinition } from './options';
export type { SessionView as EmulatedSession } from './session';
