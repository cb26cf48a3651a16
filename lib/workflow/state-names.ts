/** The states of the batch, by the names that consoles, alarms and histories show. They are API. */
export const StateName = {
  plan: 'Plan',
  anythingToDo: 'Anything to do?',
  analyse: 'Analyse',
  gather: 'Gather results',
  anythingToCombine: 'Anything to combine?',
  combine: 'Combine',
  report: 'Report',
  runSucceeded: 'Run succeeded?',
  succeeded: 'Succeeded',
  failed: 'Run failed',
  prepare: 'Prepare',
  startSession: 'Start session',
  runItems: 'Run items',
  allDone: 'All done?',
  waitForItem: 'Wait for the item',
  noteFailure: 'Note failure',
  stopSession: 'Stop session',
  anotherSession: 'Another session?',
  sessionDone: 'Session done',
  giveUp: 'Give up',
  sessionFailed: 'Session failed',
} as const;

/** The state of a child execution of the combining script: names are unique in a state machine. */
export function combining(name: string): string {
  return `${name} (combine)`;
}

/** The error of a child execution whose sessions were lost again and again. */
export const SESSIONS_LOST = 'SessionsLost';
