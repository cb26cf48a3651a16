/** The longest timeout of an item, in seconds: a session lives 8 hours, and its start and the item's results take time too. */
export const ITEM_TIMEOUT_MAX_SECONDS = 27_900;

/** The time between two polls of an item in the background: a tenth of its age, within these. In seconds. */
export const POLL_INTERVAL_SECONDS = { min: 5, max: 60 } as const;

/** How long the workflow waits before it polls an item of this age again. */
export function secondsToNextPoll(ageSeconds: number): number {
  return Math.round(Math.min(Math.max(ageSeconds / 10, POLL_INTERVAL_SECONDS.min), POLL_INTERVAL_SECONDS.max));
}

/** How often the workflow polls an item that runs this long. */
export function pollsOfItem(seconds: number): number {
  let polls = 0;
  for (let age = 0; age < seconds; age += secondsToNextPoll(age)) {
    polls += 1;
  }
  return polls;
}
