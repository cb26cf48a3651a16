import { failureWords } from '../failure-words';
import { formatCount } from '../format';
import { button, el } from './dom';
import type { Item, Run } from './run';

/** How many causes are shown. */
const MAX_SHOWN = 25;

/** Failed items by cause, each with the traceback of its first item. */
export function mountFailures(
  section: HTMLElement,
  run: Run,
  open: (item: Item, among: readonly Item[]) => void,
  showAll: () => void,
): void {
  const groups = run.run.failures;
  if (groups.length === 0) {
    return;
  }
  section.hidden = false;
  const items = new Map(run.items.map((item) => [item.id, item]));
  for (const group of groups.slice(0, MAX_SHOWN)) {
    const examples = group.items.flatMap((id) => items.get(id) ?? []);
    const links = examples.map((item) =>
      el(
        'li',
        {},
        button(item.name, () => open(item, examples), { class: 'link' }),
      ),
    );
    const more = group.count - links.length;
    const [first] = examples;
    const traceback = first && run.detailsOf(first).error?.detail;
    section.append(
      el(
        'article',
        { class: 'failure' },
        el('p', { class: 'times', text: `${formatCount(group.count)}×` }),
        el(
          'div',
          {},
          el('h3', { text: failureWords(group.name) }),
          el('p', { class: 'cause', text: group.message }),
          el(
            'ul',
            { class: 'examples' },
            ...links,
            more > 0 && el('li', {}, button(`and ${formatCount(more)} more`, showAll, { class: 'link' })),
          ),
          traceback !== undefined &&
            el(
              'details',
              {},
              el('summary', { text: group.count > 1 ? `Traceback of ${first?.name}` : 'Traceback' }),
              el('pre', { text: traceback, tabindex: 0 }),
            ),
        ),
      ),
    );
  }
  const rest = groups.slice(MAX_SHOWN);
  if (rest.length > 0) {
    const count = rest.reduce((sum, group) => sum + group.count, 0);
    section.append(
      el('p', {
        class: 'note',
        text: `${formatCount(rest.length)} rarer causes with ${formatCount(count)} items are in the table.`,
      }),
    );
  }
}
