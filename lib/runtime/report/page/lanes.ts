import type { Item } from './run';

/** An item that ran, in a session. */
export type Timed = Item & { readonly started: number; readonly session: number };

/** The items of one session, by their start, and the time from the first to the end of the last. */
export interface SessionSpan {
  readonly session: number;
  readonly items: readonly Timed[];
  readonly start: number;
  readonly end: number;
}

/** In milliseconds since 1970. */
export function endOf({ started, duration }: Timed): number {
  return started + duration * 1000;
}

/**
 * Sessions in lanes: one begins in the first lane in which none runs any more. So there are as many lanes as sessions ran
 * at once, whatever their number is.
 */
export function lanesOf(items: readonly Timed[]): SessionSpan[][] {
  const lanes: SessionSpan[][] = [];
  for (const session of sessionsOf(items)) {
    const free = lanes.find((lane) => (lane.at(-1)?.end ?? 0) <= session.start);
    if (free) {
      free.push(session);
    } else {
      lanes.push([session]);
    }
  }
  return lanes;
}

/** By the start of their first item. */
function sessionsOf(items: readonly Timed[]): SessionSpan[] {
  return [...Map.groupBy(items, (item) => item.session)]
    .map(([session, own]) => {
      const sorted = own.sort((a, b) => a.started - b.started);
      const end = sorted.reduce((latest, item) => Math.max(latest, endOf(item)), 0);
      return { session, items: sorted, start: sorted[0]?.started ?? 0, end };
    })
    .sort((a, b) => a.start - b.start);
}
