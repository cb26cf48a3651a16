import { formatCount, formatDuration, momentFormat, plural } from '../format';
import { el, svg } from './dom';
import { endOf, lanesOf, type SessionSpan, type Timed } from './lanes';
import { extremes } from './query';
import { tick } from './ticks';

/** How many lanes are drawn. */
const MAX_LANES = 400;
/** The height of a lane, in units of the drawing; its width is 1000 of them. */
const LANE = 10;
const WIDTH = 1000;
/** Between bars, at most, so that the items of a session can be distinguished. */
const GAP = 1;
const HINT =
  'Each bar is an item; a line has one session after another. Times are UTC. Point at a bar to see its item.';

interface Scale {
  readonly start: number;
  readonly span: number;
  readonly format: (time: number) => string;
}

/** When which item ran. Three paths hold all bars: ten thousand of them are drawn at once. */
export function timeline(items: readonly Timed[], open: (item: Timed) => void): HTMLElement {
  const [start] = extremes(items.map((item) => item.started));
  const [, end] = extremes(items.map(endOf));
  const scale = { start, span: Math.max(1, end - start), format: momentFormat(start, end) };
  const all = lanesOf(items);
  const shown = all.slice(0, MAX_LANES);
  const sessions = all.reduce((sum, lane) => sum + lane.length, 0);
  const label = `Timeline of ${plural(items.length, 'item')} in ${plural(sessions, 'session')}, from ${scale.format(start)} to ${scale.format(end)} UTC`;
  const drawing = draw(shown, scale, label);
  const note = el('p', { class: 'note', text: HINT });
  pointAt(drawing, shown, scale, note, open);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => tick(scale.format(start + scale.span * share), share));
  const rest = all.slice(MAX_LANES).reduce((sum, lane) => sum + lane.length, 0);
  const caption = `Sessions and their items${rest > 0 ? `, without ${formatCount(rest)} of ${formatCount(sessions)} sessions` : ''}`;
  return el(
    'figure',
    { class: 'sessions' },
    el('figcaption', { text: caption }),
    el('div', { class: 'plot' }, drawing, el('div', { class: 'ticks' }, ...ticks)),
    note,
  );
}

function draw(lanes: readonly SessionSpan[][], { start, span }: Scale, label: string): SVGElement {
  const x = (time: number) => ((time - start) / span) * WIDTH;
  const paths = { session: '', succeeded: '', failed: '' };
  for (const [index, lane] of lanes.entries()) {
    for (const session of lane) {
      paths.session += bar(x(session.start), x(session.end), index, 3.5);
      for (const item of session.items) {
        const status = item.status === 'failed' ? 'failed' : 'succeeded';
        paths[status] += bar(x(item.started), x(endOf(item)), index, 1.5);
      }
    }
  }
  const drawing = svg(
    'svg',
    {
      class: 'timeline',
      viewBox: `0 0 ${WIDTH} ${lanes.length * LANE}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': label,
    },
    ...(['session', 'succeeded', 'failed'] as const).map((name) => svg('path', { class: name, d: paths[name] })),
  );
  drawing.style.setProperty('height', `${Math.max(24, Math.min(480, lanes.length * 22))}px`);
  return drawing;
}

function bar(from: number, to: number, lane: number, inset: number): string {
  const height = LANE - 2 * inset;
  const width = to - from;
  const seen = Math.max(0.6, width - Math.min(GAP, width * 0.15)).toFixed(2);
  return `M${from.toFixed(2)} ${lane * LANE + inset}h${seen}v${height}h-${seen}z`;
}

/** Names the item under the pointer, and opens it on a click. */
function pointAt(
  drawing: SVGElement,
  lanes: readonly SessionSpan[][],
  { start, span, format }: Scale,
  note: HTMLElement,
  open: (item: Timed) => void,
): void {
  const find = (event: MouseEvent) => {
    const box = drawing.getBoundingClientRect();
    const lane = lanes[Math.floor(((event.clientY - box.top) / box.height) * lanes.length)] ?? [];
    const at = start + ((event.clientX - box.left) / box.width) * span;
    const slack = (span / box.width) * 2;
    const near = (from: number, to: number) => at >= from - slack && at <= to + slack;
    const sessions = lane.filter((session) => near(session.start, session.end));
    return sessions.flatMap(({ items }) => items).find((item) => near(item.started, endOf(item)));
  };
  drawing.addEventListener('mousemove', (event) => {
    const item = find(event);
    drawing.classList.toggle('pointing', item !== undefined);
    note.textContent = item ? `${item.name}: ${formatDuration(item.duration)}, from ${format(item.started)}` : HINT;
  });
  drawing.addEventListener('mouseleave', () => {
    note.textContent = HINT;
  });
  drawing.addEventListener('click', (event) => {
    const item = find(event);
    if (item) {
      open(item);
    }
  });
}
