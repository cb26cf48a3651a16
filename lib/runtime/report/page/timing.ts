import { formatDuration, momentFormat, plural } from '../format';
import { button, el, svg } from './dom';
import { bins, extremes, quantile } from './query';
import type { Item, Run } from './run';

type Open = (item: Item, among: readonly Item[]) => void;
type Ended = 'succeeded' | 'failed';

/** The timeline of sessions and the distribution of durations, of the items that this execution ran. */
export function mountTiming(section: HTMLElement, run: Run, open: Open): void {
  const ran = run.items.filter((item) => item.status !== 'skipped' && item.duration > 0);
  if (ran.length === 0) return;
  section.hidden = false;
  section.append(durations(ran, open));
  const timed = ran.filter((item): item is Timed => item.started !== null && item.session !== undefined);
  if (timed.length > 0) section.append(timeline(timed, open));
}

function percent(value: number): string {
  return `${value.toFixed(3)}%`;
}

const HEIGHT = 100;

function durations(items: readonly Item[], open: Open): HTMLElement {
  const byDuration = [...items].sort((a, b) => a.duration - b.duration);
  const sorted = byDuration.map((item) => item.duration);
  const longest = byDuration.at(-1);
  const scale = bins(sorted.at(-1) ?? 0, Math.min(40, Math.max(8, Math.ceil(Math.sqrt(items.length) * 1.5))));
  const counts = Array.from({ length: scale.count }, () => ({ succeeded: 0, failed: 0 }));
  for (const item of items) {
    const bin = counts[Math.min(scale.count - 1, Math.floor(item.duration / scale.width))];
    if (bin && item.status !== 'skipped') bin[item.status] += 1;
  }
  const most = Math.max(...counts.map((bin) => bin.succeeded + bin.failed));
  const bars = (status: Ended, from: (bin: Record<Ended, number>) => number) =>
    counts.map((bin, index) => {
      const height = (bin[status] / most) * HEIGHT;
      return height > 0 ? `M${index + 0.06} ${HEIGHT - from(bin)}v${-height}h.88v${height}z` : '';
    });
  const drawing = svg(
    'svg',
    {
      class: 'histogram',
      viewBox: `0 0 ${scale.count} ${HEIGHT}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': summary(sorted),
    },
    svg('path', { class: 'succeeded', d: bars('succeeded', () => 0).join('') }),
    svg('path', { class: 'failed', d: bars('failed', (bin) => (bin.succeeded / most) * HEIGHT).join('') }),
  );
  const step = [1, 2, 4, 5, 10].find((bins) => scale.count / bins <= 10) ?? 10;
  const ticks = el('div', { class: 'ticks' });
  for (let bin = 0; bin <= scale.count; bin += step) {
    ticks.append(tick(formatTick(bin * scale.width), bin / scale.count));
  }
  return el(
    'figure',
    { class: 'durations' },
    el('figcaption', { text: 'How long items took' }),
    el('div', { class: 'plot' }, el('span', { class: 'most', text: plural(most, 'item') }), drawing, ticks),
    el(
      'dl',
      {},
      quantileView('Median', formatDuration(quantile(sorted, 0.5))),
      quantileView('9 in 10 within', formatDuration(quantile(sorted, 0.9))),
      quantileView('99 in 100 within', formatDuration(quantile(sorted, 0.99))),
      longest &&
        el(
          'div',
          {},
          el('dt', { text: 'Longest' }),
          el(
            'dd',
            {},
            `${formatDuration(longest.duration)} `,
            button(longest.name, () => open(longest, [...byDuration].reverse()), { class: 'link' }),
          ),
        ),
    ),
  );
}

function summary(sorted: readonly number[]): string {
  return `Distribution of the durations of ${plural(sorted.length, 'item')}: from ${formatDuration(sorted[0] ?? 0)} to ${formatDuration(sorted.at(-1) ?? 0)}, median ${formatDuration(quantile(sorted, 0.5))}`;
}

function quantileView(name: string, value: string): HTMLElement {
  return el('div', {}, el('dt', { text: name }), el('dd', { text: value }));
}

function formatTick(seconds: number): string {
  return seconds < 60 ? `${Number(seconds.toPrecision(4))} s` : formatDuration(seconds);
}

function tick(label: string, share: number): HTMLElement {
  const mark = el('span', { text: label });
  mark.style.setProperty('left', percent(share * 100));
  return mark;
}

type Timed = Item & { readonly started: number; readonly session: number };

/** How many sessions have a line of their own. */
const MAX_LANES = 400;
const LANE = 10;

interface Lane {
  readonly session: number;
  readonly items: Timed[];
}

/** A line for each session, a bar for each item. Three paths hold all bars: ten thousand of them are drawn at once. */
function timeline(items: readonly Timed[], open: Open): HTMLElement {
  const [start] = extremes(items.map((item) => item.started));
  const [, end] = extremes(items.map((item) => item.started + item.duration * 1000));
  const span = Math.max(1, end - start);
  const all = lanes(items);
  const shown = all.slice(0, MAX_LANES);
  const moment = momentFormat(start, end);
  const x = (time: number) => ((time - start) / span) * 1000;
  const paths = { session: '', succeeded: '', failed: '' };
  for (const [index, lane] of shown.entries()) {
    const from = x(Math.min(...lane.items.map((item) => item.started)));
    const to = x(Math.max(...lane.items.map((item) => item.started + item.duration * 1000)));
    paths.session += bar(from, to - from, index, 3.5);
    for (const item of lane.items) {
      paths[item.status === 'failed' ? 'failed' : 'succeeded'] += bar(
        x(item.started),
        (item.duration * 1e6) / span,
        index,
        1.5,
      );
    }
  }
  const label = `Timeline of ${plural(items.length, 'item')} in ${plural(all.length, 'session')}, from ${moment(start)} to ${moment(end)} UTC`;
  const drawing = svg(
    'svg',
    {
      class: 'timeline',
      viewBox: `0 0 1000 ${shown.length * LANE}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': label,
    },
    ...(['session', 'succeeded', 'failed'] as const).map((name) => svg('path', { class: name, d: paths[name] })),
  );
  drawing.style.setProperty('height', `${Math.max(24, Math.min(480, shown.length * 22))}px`);
  const note = el('p', { class: 'note', text: HINT });
  pointAt(drawing, shown, { start, span, format: moment }, note, (item) => open(item, items));
  const ticks = el(
    'div',
    { class: 'ticks' },
    ...[0, 0.25, 0.5, 0.75, 1].map((share) => tick(moment(start + span * share), share)),
  );
  const rest = all.length - shown.length;
  const caption = `Sessions and their items${rest > 0 ? `: the first ${MAX_LANES} of ${all.length} sessions` : ''}`;
  return el(
    'figure',
    { class: 'sessions' },
    el('figcaption', { text: caption }),
    el('div', { class: 'plot' }, drawing, ticks),
    note,
  );
}

const HINT = 'Each line is a session, each bar an item. Times are UTC. Point at a bar to see which item it is.';

/** By the start of their first item. */
function lanes(items: readonly Timed[]): Lane[] {
  const bySession = Map.groupBy(items, (item) => item.session);
  return [...bySession]
    .map(([session, own]) => ({ session, items: own.sort((a, b) => a.started - b.started) }))
    .sort((a, b) => (a.items[0]?.started ?? 0) - (b.items[0]?.started ?? 0));
}

function bar(x: number, width: number, lane: number, inset: number): string {
  const height = LANE - 2 * inset;
  return `M${x.toFixed(2)} ${lane * LANE + inset}h${Math.max(0.6, width).toFixed(2)}v${height}h${-Math.max(0.6, width).toFixed(2)}z`;
}

/** Names the item under the pointer, and opens it on a click. */
function pointAt(
  drawing: SVGElement,
  all: readonly Lane[],
  time: { start: number; span: number; format: (time: number) => string },
  note: HTMLElement,
  open: (item: Timed) => void,
): void {
  const find = (event: MouseEvent) => {
    const box = drawing.getBoundingClientRect();
    const lane = all[Math.floor(((event.clientY - box.top) / box.height) * all.length)];
    const at = time.start + ((event.clientX - box.left) / box.width) * time.span;
    const slack = (time.span / box.width) * 2;
    return lane?.items.find((item) => at >= item.started - slack && at <= item.started + item.duration * 1000 + slack);
  };
  drawing.addEventListener('mousemove', (event) => {
    const item = find(event);
    drawing.classList.toggle('pointing', item !== undefined);
    note.textContent = item
      ? `${item.name}: ${formatDuration(item.duration)}, from ${time.format(item.started)}`
      : HINT;
  });
  drawing.addEventListener('mouseleave', () => {
    note.textContent = HINT;
  });
  drawing.addEventListener('click', (event) => {
    const item = find(event);
    if (item) open(item);
  });
}
