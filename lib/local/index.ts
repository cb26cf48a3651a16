/** The library for tests and tools: the emulator of the service, and the runner of synthesized batches. */
export * from './emulator';
export { type LocalRunOptions, type LocalRunResult, type RunProgress, runLocally } from './runner/local-run';
export { ensurePythonEnvironment } from './sandbox/python-environment';
