import { formatDuration, plural } from '../format';
import { button, el, svg } from './dom';
import type { Timed } from './lanes';
import { bins, quantile } from './query';
import type { Item, Run } from './run';
import { tick } from './ticks';
import { timeline } from './timeline';

type Open = (item: Item, among: readonly Item[]) => void;
type Ended = 'succeeded' | 'failed';

/** The timeline of sessions and the distribution of durations, of the items that this execution ran. */
export function mountTiming(section: HTMLElement, run: Run, open: Open): void {
  const ran = run.items.filter((item) => item.status !== 'skipped' && item.duration > 0);
  const timed = ran.filter((item): item is Timed => item.started !== null && item.session !== undefined);
  const figures = [
    ...(ran.length >= FEWEST_DURATIONS ? [durations(ran, open)] : []),
    ...(timed.length > 0 ? [timeline(timed, (item) => open(item, timed))] : []),
  ];
  section.hidden = figures.length === 0;
  section.append(...figures);
}

/** Fewer durations have no distribution. */
const FEWEST_DURATIONS = 3;

const HEIGHT = 100;

function durations(items: readonly Item[], open: Open): HTMLElement {
  const byDuration = [...items].sort((a, b) => a.duration - b.duration);
  const sorted = byDuration.map((item) => item.duration);
  const longest = byDuration.at(-1);
  const scale = bins(sorted.at(-1) ?? 0, Math.min(40, Math.max(8, Math.ceil(Math.sqrt(items.length) * 1.5))));
  const counts = Array.from({ length: scale.count }, () => ({ succeeded: 0, failed: 0 }));
  for (const item of items) {
    const bin = counts[Math.min(scale.count - 1, Math.floor(item.duration / scale.width))];
    if (bin && item.status !== 'skipped') {
      bin[item.status] += 1;
    }
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
    el('div', { class: 'plot' }, el('p', { class: 'most', text: `↑ ${plural(most, 'item')} at most` }), drawing, ticks),
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
