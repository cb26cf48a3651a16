import { formatCount, plural } from '../format';
import { address } from './addresses';
import { button, el } from './dom';
import { chartImage, LEFT_OUT } from './item-view';
import type { Item, Run } from './run';

const PAGE_CHARTS = 24;
const LEFT_OUT_SHOWN = 20;

/** All embedded charts, some at a time, and where those are that are not. */
export function mountGallery(section: HTMLElement, run: Run, open: (item: Item, among: readonly Item[]) => void): void {
  const charts = run.items.flatMap((item) => (item.charts ?? []).map((file) => ({ item, file })));
  const { leftOutCount } = run.end.charts;
  if (charts.length + leftOutCount === 0) {
    return;
  }
  section.hidden = false;
  const withCharts = [...new Set(charts.map(({ item }) => item))];
  const grid = el('div', { class: 'gallery' });
  const more = button('', () => show(), { class: 'more' });
  let shown = 0;
  const show = () => {
    const next = charts.slice(shown, shown + PAGE_CHARTS);
    const figures = next.map((chart) => tile(run, chart, shown > 0, () => open(chart.item, withCharts)));
    grid.append(...figures);
    // The button moves down; who pressed it goes on with the first of the new charts.
    if (shown > 0) {
      figures[0]?.focus();
    }
    shown += next.length;
    more.textContent = `Show ${formatCount(Math.min(PAGE_CHARTS, charts.length - shown))} more of ${formatCount(charts.length)}`;
    more.hidden = shown >= charts.length;
  };
  show();
  section.append(grid, more);
  if (leftOutCount > 0) {
    section.append(leftOutView(run));
  }
}

interface Chart {
  readonly item: Item;
  /** The index of the file in its item. */
  readonly file: number;
}

function tile(run: Run, { item, file }: Chart, lazy: boolean, open: () => void): HTMLElement {
  const path = run.detailsOf(item).files[file]?.path ?? '';
  return el(
    'button',
    { type: 'button', class: 'chart', title: `${item.key}: ${path}`, on: { click: open } },
    chartImage(run, item, file, path, lazy),
    el('span', {}, item.name, el('small', { text: path })),
  );
}

function leftOutView(run: Run): HTMLElement {
  const { leftOut, leftOutCount } = run.end.charts;
  const lines = leftOut.slice(0, LEFT_OUT_SHOWN).flatMap(({ item: index, file, why }) => {
    const item = run.at(index);
    const data = item && run.detailsOf(item).files[file];
    if (!item || !data) {
      return [];
    }
    return [el('li', {}, address(run, data.key), ` ${LEFT_OUT[why]}`)];
  });
  const rest = leftOutCount - lines.length;
  return el(
    'details',
    { class: 'notice' },
    el('summary', { text: `${plural(leftOutCount, 'chart')} ${leftOutCount === 1 ? 'is' : 'are'} not in this report` }),
    el('p', { text: 'They are in S3 with the other files of their items:' }),
    el(
      'ul',
      {},
      ...lines,
      rest > 0 && el('li', { text: `and ${formatCount(rest)} more; each item’s files name theirs` }),
    ),
  );
}
