import { columnFormat, formatCount, formatDuration, momentFormat, plural } from '../format';
import { address } from './addresses';
import { cellText } from './cell-text';
import { button, el } from './dom';
import { extremes, isNumeric, numbersOf, type Query, type SortKey, select } from './query';
import type { Item, Run, RunColumn } from './run';
import { STATUS_LABELS, statusBadge } from './status-badge';

/** How many rows are in the document at once, and how many when it is printed. */
export const PAGE_ROWS = 50;
const PRINTED_ROWS = 1_000;
/** A longer cell, in characters, is cut to a few lines; its item has all of it. */
const LONG_TEXT = 40;
const LONG_LABEL = 24;
/** How many parameters and figures are shown until somebody chooses others. */
const FIRST_PARAMETERS = 4;
const FIRST_FIGURES = 6;

interface Column {
  readonly key: SortKey;
  readonly label: string;
  readonly numeric: boolean;
  readonly kind?: RunColumn['kind'];
  /** For columns of figures. */
  readonly format: (value: number) => string;
  shown: boolean;
}

/** The table of items: searched, filtered by status, sorted by any column, in pages. */
export class ItemTable {
  private query: Query = { search: '', status: 'all', sort: 'order', descending: false };
  private page = 0;
  private printing = false;
  private readonly columns: Column[];
  private readonly head = el('tr');
  private readonly body = el('tbody');
  private readonly count = el('p', { class: 'count', role: 'status' });
  private readonly pager = el('div', { class: 'pager' });
  private readonly filters = el('div', { class: 'filters', role: 'group', 'aria-label': 'Status' });
  private readonly search = el('input', {
    type: 'search',
    placeholder: 'Search items, errors, figures',
    'aria-label': 'Search the items',
    on: { input: () => this.update({ search: this.search.value }) },
  });
  private found: Item[] = [];

  constructor(
    private readonly run: Run,
    private readonly open: (item: Item, among: readonly Item[]) => void,
  ) {
    this.columns = [
      { key: 'status', label: 'Status', numeric: false, shown: true, format: String },
      { key: 'name', label: 'Item', numeric: false, shown: true, format: String },
      { key: 'duration', label: 'Duration', numeric: true, shown: true, format: formatDuration },
      { key: 'started', label: 'Started', numeric: true, shown: false, format: startedFormat(run.items) },
      ...run.columns.map(({ name, kind }, index) => ({
        key: index,
        // Spaces let a long name break into two lines.
        label: name.replaceAll('_', ' '),
        kind,
        numeric: isNumeric(run.items, index),
        shown: isShownFirst(run, index),
        format: columnFormat(numbersOf(run.items, index), name),
      })),
    ];
  }

  mount(section: HTMLElement): void {
    section.append(
      el('div', { class: 'tools' }, this.search, this.filters, this.columnMenu()),
      this.count,
      el(
        'div',
        { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Table of items' },
        el('table', {}, el('thead', {}, this.head), this.body),
      ),
      this.pager,
      this.leftOut(),
    );
    this.body.addEventListener('click', (event) => this.openRow(event));
    window.addEventListener('beforeprint', () => this.print(true));
    window.addEventListener('afterprint', () => this.print(false));
    this.update({});
  }

  private leftOut(): HTMLElement | string {
    const { leftOutItems } = this.run.end;
    if (leftOutItems === 0) {
      return '';
    }
    const [here, all] = [this.run.items.length, this.run.items.length + leftOutItems].map(formatCount);
    const text = `This report holds ${here} of ${all} items: the first ones, and of the others those that failed. All are in `;
    const { resultsKey } = this.run.run;
    return el('p', { class: 'notice' }, text, address(this.run, resultsKey));
  }

  /** Shows all failed items, and takes the reader to them. */
  showFailed(): void {
    this.search.value = '';
    this.update({ status: 'failed', search: '' });
    this.search.scrollIntoView();
    this.search.focus();
  }

  private update(change: Partial<Query>): void {
    this.query = { ...this.query, ...change };
    this.page = 0;
    this.found = select(this.run.items, this.query);
    this.drawHead();
    this.drawFilters();
    this.drawRows();
  }

  private print(printing: boolean): void {
    this.printing = printing;
    this.drawRows();
  }

  private get shown(): Column[] {
    return this.columns.filter((column) => column.shown);
  }

  private drawHead(): void {
    const { sort, descending } = this.query;
    const focused = this.head.contains(document.activeElement) ? sort : undefined;
    this.head.replaceChildren(
      ...this.shown.map((column) => {
        const sorted = column.key === sort;
        const by = button(column.label, () => this.sortBy(column), { class: 'sort' });
        const order = sorted ? (descending ? 'descending' : 'ascending') : undefined;
        const kind = column.kind === 'parameter' && el('span', { class: 'kind', text: 'parameter' });
        return el('th', { scope: 'col', class: headClass(column), 'aria-sort': order }, kind, by);
      }),
    );
    // The header is drawn anew, so the button that was pressed must keep the focus.
    const index = this.shown.findIndex((column) => column.key === focused);
    this.head.querySelectorAll('button')[index]?.focus();
  }

  /** First press: the interesting end first. Second: the other. Third: the manifest's order again. */
  private sortBy(column: Column): void {
    const { sort, descending } = this.query;
    if (column.key !== sort) {
      this.update({ sort: column.key, descending: column.numeric && column.key !== 'started' });
    } else if (descending === (column.numeric && column.key !== 'started')) {
      this.update({ descending: !descending });
    } else {
      this.update({ sort: 'order', descending: false });
    }
  }

  private drawFilters(): void {
    const counts = Map.groupBy(this.run.items, (item) => item.status);
    const statuses = (['all', 'succeeded', 'failed', 'skipped'] as const).filter(
      (status) => status === 'all' || counts.has(status),
    );
    const focused = [...this.filters.children].indexOf(document.activeElement as Element);
    // One status among all items is nothing to choose from.
    this.filters.hidden = statuses.length <= 2;
    this.filters.replaceChildren(
      ...statuses.map((status) => {
        const count = status === 'all' ? this.run.items.length : (counts.get(status)?.length ?? 0);
        const label = `${status === 'all' ? 'All' : STATUS_LABELS[status]} ${formatCount(count)}`;
        return button(label, () => this.update({ status }), { 'aria-pressed': String(this.query.status === status) });
      }),
    );
    if (focused >= 0) {
      (this.filters.children[focused] as HTMLElement | undefined)?.focus();
    }
  }

  private drawRows(): void {
    const size = this.printing ? PRINTED_ROWS : PAGE_ROWS;
    const from = this.printing ? 0 : this.page * size;
    const items = this.found.slice(from, from + size);
    this.body.replaceChildren(...items.map((item) => this.row(item)));
    if (items.length === 0) {
      const text = this.run.items.length === 0 ? 'The run had no items.' : 'No item matches.';
      this.body.append(el('tr', { class: 'none' }, el('td', { colspan: this.shown.length, text })));
    }
    this.count.textContent = this.countText(from, items.length);
    this.drawPager();
  }

  private countText(from: number, shown: number): string {
    const found = this.found.length;
    const of =
      found === this.run.items.length
        ? plural(found, 'item')
        : `${plural(found, 'item')} of ${formatCount(this.run.items.length)}`;
    return shown === found ? of : `${of}, showing ${formatCount(from + 1)} to ${formatCount(from + shown)}`;
  }

  private row(item: Item): HTMLTableRowElement {
    return el('tr', { 'data-index': item.index }, ...this.shown.map((column) => this.cell(item, column)));
  }

  private cell(item: Item, { key, numeric, format }: Column): HTMLTableCellElement {
    if (key === 'status') {
      return el('td', {}, statusBadge(item.status));
    }
    if (key === 'name') {
      // The parameters have columns of their own, as long as these are shown.
      const inColumns = this.shown.some((column) => column.kind === 'parameter');
      const text = inColumns ? item.file : item.name;
      const name = button(text, () => this.open(item, this.found), { class: 'link', title: item.key });
      const error = item.error !== undefined && el('p', { class: 'error', text: item.error, title: item.error });
      return el('th', { scope: 'row', class: 'name' }, name, error);
    }
    const value = typeof key === 'number' ? item.cells[key] : key === 'order' ? item.index : item[key];
    const text = cellText(value, format);
    if (text.length > LONG_TEXT) {
      return el('td', { class: 'long' }, el('span', { text, title: text }));
    }
    return el('td', { class: numeric ? 'number' : undefined, text });
  }

  /** A click anywhere on a row opens its item; the button in it is there for the keyboard. */
  private openRow(event: Event): void {
    const target = event.target as Element;
    if (target.closest('button') || window.getSelection()?.toString()) {
      return;
    }
    const item = this.run.items[Number(target.closest<HTMLElement>('tr[data-index]')?.dataset.index ?? -1)];
    if (item) {
      this.open(item, this.found);
    }
  }

  private drawPager(): void {
    const pages = Math.ceil(this.found.length / PAGE_ROWS);
    this.pager.hidden = pages <= 1;
    const focused = [...this.pager.children].indexOf(document.activeElement as Element);
    const go = (page: number) => () => {
      this.page = page;
      this.drawRows();
    };
    this.pager.replaceChildren(
      button('First', go(0), { disabled: this.page === 0 }),
      button('Previous', go(this.page - 1), { disabled: this.page === 0 }),
      el('span', { text: `Page ${formatCount(this.page + 1)} of ${formatCount(pages)}` }),
      button('Next', go(this.page + 1), { disabled: this.page >= pages - 1 }),
      button('Last', go(pages - 1), { disabled: this.page >= pages - 1 }),
    );
    (this.pager.children[focused] as HTMLElement | undefined)?.focus();
  }

  private columnMenu(): HTMLElement {
    const choices = this.columns
      .filter((column) => column.key !== 'name')
      .map((column) => {
        const box = el('input', { type: 'checkbox', checked: column.shown });
        box.addEventListener('change', () => {
          column.shown = box.checked;
          this.update({});
        });
        const kind = column.kind === 'parameter' && el('span', { class: 'kind', text: ' parameter' });
        return el('label', {}, box, ` ${column.label}`, kind);
      });
    const menu = el('details', { class: 'menu' }, el('summary', { text: 'Columns' }), el('div', {}, ...choices));
    closeWhenLeft(menu);
    return menu;
  }
}

/** A menu that hangs over the table must not stay there. */
function closeWhenLeft(menu: HTMLDetailsElement): void {
  document.addEventListener('click', (event) => {
    if (!menu.contains(event.target as Node)) {
      menu.open = false;
    }
  });
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') {
      return;
    }
    menu.open = false;
    menu.querySelector('summary')?.focus();
  });
}

function headClass({ numeric, label }: Column): string | undefined {
  const classes = [numeric && 'number', label.length > LONG_LABEL && 'wide'].filter(Boolean);
  return classes.length > 0 ? classes.join(' ') : undefined;
}

function isShownFirst({ columns, end }: Run, index: number): boolean {
  const parameters = end.parameters.length;
  if (columns[index]?.kind === 'parameter') {
    return index < FIRST_PARAMETERS;
  }
  // Parameters take the place of figures, of which some are to be seen in any case.
  return index - parameters < Math.max(3, FIRST_FIGURES - Math.min(parameters, FIRST_PARAMETERS));
}

function startedFormat(items: readonly Item[]): (time: number) => string {
  return momentFormat(...extremes(items.map((item) => item.started).filter((started) => started !== null)));
}
