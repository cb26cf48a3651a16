import type { OutputText } from '../../../contract/batch-item';
import type { JsonObject, JsonValue } from '../../../contract/json';
import { failureWords, WARNING_WORDS } from '../failure-words';
import { columnFormat, formatBytes, formatDateTime, formatDuration } from '../format';
import type { FileData, ItemDetails, LeftOut } from '../page-data';
import { address, fileLink } from './addresses';
import { type Child, el } from './dom';
import type { Item, Run } from './run';

export const LEFT_OUT: Record<LeftOut, string> = {
  budget: 'not embedded: the report’s budget for charts was used up',
  size: 'not embedded: too large for the report',
  unreadable: 'not embedded: it could not be read',
};

/** What is known of one item: its error first, then its parameters, charts, figures, output and files. */
export function itemView(run: Run, item: Item): HTMLElement[] {
  const details = run.detailsOf(item);
  return [
    facts(run, item, details),
    errorView(details),
    warningsView(details),
    valuesView('Parameters', details.parameters),
    chartsView(run, item, details),
    valuesView('Figures', details.row),
    textView(run, 'Printed output', details.stdout),
    textView(run, 'Standard error', details.stderr),
    filesView(run, item, details.files),
  ].filter((part) => part !== undefined);
}

function facts(run: Run, item: Item, details: ItemDetails): HTMLElement {
  const entries: [string, string | undefined][] = [
    ['Input', `s3://${run.run.bucket}/${item.key} (${formatBytes(details.bytes)})`],
    ['Started', item.started === null ? 'never' : formatDateTime(new Date(item.started).toISOString())],
    ['Duration', formatDuration(item.duration)],
    ['CPU time', details.cpuSeconds === undefined ? undefined : formatDuration(details.cpuSeconds)],
    ['Peak memory', details.peakMemoryBytes === undefined ? undefined : formatBytes(details.peakMemoryBytes)],
    ['Exit code', details.exitCode === undefined ? undefined : String(details.exitCode)],
    ['Session', item.session === undefined ? undefined : run.end.sessions[item.session]],
    ['Item id', item.id],
  ];
  const rows = entries.flatMap(([name, value]) =>
    value === undefined ? [] : [el('div', {}, el('dt', { text: name }), el('dd', { text: value }))],
  );
  return el('dl', { class: 'item-facts' }, ...rows);
}

function part(title: string, ...children: Child[]): HTMLElement {
  return el('section', {}, el('h3', { text: title }), ...children);
}

export function errorView({ error }: ItemDetails): HTMLElement | undefined {
  if (!error) {
    return undefined;
  }
  return part(
    'Error',
    el('p', { class: 'error-line' }, el('strong', { text: `${failureWords(error.name)}.` }), ` ${error.message}`),
    error.detail !== undefined && printed(error.detail),
  );
}

export function warningsView({ warnings = [] }: ItemDetails): HTMLElement | undefined {
  if (warnings.length === 0) {
    return undefined;
  }
  const lines = warnings.map(({ code, message }) =>
    el('li', {}, el('strong', { text: `${WARNING_WORDS[code]}: ` }), message),
  );
  return part('Warnings', el('ul', { class: 'warnings' }, ...lines));
}

function printed(text: string): HTMLElement {
  return el('pre', { text, tabindex: 0 });
}

export function chartsView(run: Run, item: Item, { files }: ItemDetails): HTMLElement | undefined {
  const figures = (item.charts ?? []).map((file) => {
    const path = files[file]?.path ?? `file ${file + 1}`;
    const caption = files[file] ? fileLink(run, files[file], path) : path;
    return el('figure', {}, chartImage(run, item, file, path), el('figcaption', {}, caption));
  });
  const missing = files.filter((file) => file.leftOut !== undefined);
  if (figures.length + missing.length === 0) {
    return undefined;
  }
  const notes = missing.map((file) =>
    el(
      'p',
      { class: 'note' },
      `${file.path} (${formatBytes(file.bytes)}) is ${LEFT_OUT[file.leftOut ?? 'budget']}. It is at `,
      address(run, file.key),
    ),
  );
  return part('Charts', figures.length > 0 && el('div', { class: 'figures' }, ...figures), ...notes);
}

/** The page holds the image as text until it is asked for here; a lazy one is decoded when it is scrolled to. */
export function chartImage(run: Run, item: Item, file: number, path: string, lazy = false): HTMLImageElement {
  return el('img', { src: run.chart(item, file), alt: `${path} of ${item.name}`, loading: lazy && 'lazy' });
}

export function valuesView(title: string, values: JsonObject | undefined): HTMLElement | undefined {
  const entries = Object.entries(values ?? {});
  if (entries.length === 0) {
    return undefined;
  }
  const lines = entries.map(([name, value]) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row', text: name }),
      el('td', { class: typeof value === 'number' ? 'number' : undefined }, ...valueView(name, value)),
    ),
  );
  return part(title, el('div', { class: 'scroll' }, el('table', { class: 'row' }, el('tbody', {}, ...lines))));
}

export function valueView(name: string, value: JsonValue): Child[] {
  if (typeof value === 'number') {
    return [columnFormat([value], name)(value)];
  }
  if (typeof value === 'boolean') {
    return [value ? 'yes' : 'no'];
  }
  if (value === null || typeof value === 'string') {
    return [value ?? '–'];
  }
  return [el('pre', { text: JSON.stringify(value, null, 2) })];
}

export function textView(run: Run, title: string, text: OutputText | undefined): HTMLElement | undefined {
  if (!text || text.bytes === 0) {
    return undefined;
  }
  const whole =
    text.key !== undefined &&
    el('p', { class: 'note' }, `An excerpt of ${formatBytes(text.bytes)}. All of it is at `, address(run, text.key));
  return part(title, whole, printed(text.excerpt));
}

export function filesView(run: Run, item: Item, files: readonly FileData[]): HTMLElement | undefined {
  if (files.length === 0) {
    return undefined;
  }
  const lines = files.map((file) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row' }, fileLink(run, file, file.path)),
      el('td', { class: 'number', text: formatBytes(file.bytes) }),
      el('td', {}, address(run, file.key)),
    ),
  );
  const heads = ['File', 'Size', 'Where'].map((text, index) =>
    el('th', { scope: 'col', class: index === 1 ? 'number' : undefined, text }),
  );
  return part(
    'Files',
    el(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': `Files of ${item.name}` },
      el('table', {}, el('thead', {}, el('tr', {}, ...heads)), el('tbody', {}, ...lines)),
    ),
  );
}
