/** The states of the batch, by the names that consoles, alarms and histories show. They are API. */
export const StateName = {
  plan: 'Plan',
  anythingToDo: 'Anything to do?',
  analyse: 'Analyse',
  report: 'Report',
  withinTolerance: 'Within tolerance?',
  succeeded: 'Succeeded',
  failed: 'Too many items failed',
  prepare: 'Prepare',
  startSession: 'Start session',
  runItems: 'Run items',
  allDone: 'All done?',
  waitForItem: 'Wait for the item',
  stopSession: 'Stop session',
  sessionEnough: 'Another session?',
  sessionDone: 'Session done',
  sessionFailed: 'Session failed',
} as const;

/** Names of errors that end an execution, or one of the Map Run's children. */
export const WorkflowError = {
  /** More items failed than the batch tolerates. */
  tooManyFailures: 'TooManyItemsFailed',
  /** The sessions of one child execution were lost again and again. */
  sessionsLost: 'SessionsLost',
} as const;
