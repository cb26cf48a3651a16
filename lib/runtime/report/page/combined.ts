import type { JsonObject, JsonValue } from '../../../contract/json';
import { formatBytes, formatDuration } from '../format';
import type { ItemDetails } from '../page-data';
import { el } from './dom';
import { chartsView, errorView, filesView, textView, valuesView, valueView } from './item-view';
import type { Item, Run } from './run';
import { statusBadge } from './status-badge';

/** How many figures are shown large. */
const MAX_LARGE = 12;
const MAX_LARGE_CHARACTERS = 40;

/** What the script over all results came to: its error or its charts first, as large as they go. */
export function mountCombined(section: HTMLElement, run: Run): void {
  const { combined } = run;
  if (!combined) {
    return;
  }
  section.hidden = false;
  const details = run.detailsOf(combined);
  const parts = [
    lead(combined, details),
    errorView(details),
    largeFigures(details.row),
    chartsView(run, combined, details),
    valuesView('More figures', restOf(details.row)),
    folded(textView(run, 'Printed output', details.stdout)),
    folded(textView(run, 'Standard error', details.stderr)),
    filesView(run, combined, details.files),
  ];
  section.append(...parts.filter((part) => part !== undefined));
}

function lead({ status, duration }: Item, { cpuSeconds, peakMemoryBytes }: ItemDetails): HTMLElement {
  const facts = [
    `took ${formatDuration(duration)}`,
    cpuSeconds !== undefined && `${formatDuration(cpuSeconds)} of CPU time`,
    peakMemoryBytes !== undefined && `${formatBytes(peakMemoryBytes)} of memory`,
  ].filter((fact) => fact !== false);
  return el(
    'p',
    { class: 'combined-lead' },
    statusBadge(status),
    el('span', { class: 'note', text: facts.join(', ') }),
  );
}

function largeFigures(row: JsonObject | undefined): HTMLElement | undefined {
  const entries = Object.entries(row ?? {})
    .filter(isLarge)
    .slice(0, MAX_LARGE);
  if (entries.length === 0) {
    return undefined;
  }
  const tiles = entries.map(([name, value]) =>
    el('div', {}, el('dt', { text: name.replaceAll('_', ' ') }), el('dd', {}, ...valueView(name, value))),
  );
  return el('dl', { class: 'large-figures' }, ...tiles);
}

/** What is not shown large. */
function restOf(row: JsonObject | undefined): JsonObject {
  const large = new Set(
    Object.entries(row ?? {})
      .filter(isLarge)
      .slice(0, MAX_LARGE)
      .map(([name]) => name),
  );
  return Object.fromEntries(Object.entries(row ?? {}).filter(([name]) => !large.has(name)));
}

function isLarge([, value]: [string, JsonValue]): boolean {
  if (value === null || typeof value === 'object') {
    return false;
  }
  return String(value).length <= MAX_LARGE_CHARACTERS;
}

/** What was printed, behind its title: the charts say it better. */
function folded(view: HTMLElement | undefined): HTMLElement | undefined {
  if (!view) {
    return undefined;
  }
  const [title, ...rest] = [...view.children];
  return el('details', { class: 'folded' }, el('summary', { text: title?.textContent ?? '' }), ...rest);
}
