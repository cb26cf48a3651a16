import { AWS_PRICES } from '../../contract/aws-prices';
import type { RunSummary } from '../../contract/batch';
import type { JsonObject } from '../../contract/json';
import { PRICES } from '../../contract/service';
import { toleratedInWords } from '../batch/tolerance';
import { formatCount, formatDateTime, formatDuration, formatUsd, plural } from './format';
import { escapeHtml as text } from './html';

/** How many parameters are spelled out. */
const MAX_PARAMETERS = 50;
const MAX_VALUE_CHARACTERS = 500;
const LANGUAGE_NAMES = { python: 'Python', javascript: 'JavaScript', typescript: 'TypeScript' } as const;

/**
 * The part of the report that needs no script: what ran and how it went. The sections after it are empty; the page's
 * script fills them from the embedded data.
 */
export function overview(summary: RunSummary): string {
  return `<body>
<a class="skip" href="#items">Skip to the items</a>
<header>
${title(summary)}
<div class="tiles">
${itemsTile(summary)}
${tile('Duration', formatDuration(summary.durationSeconds), pace(summary))}
${tile('Sessions', formatCount(summary.sessions.used), sessionsNote(summary))}
${tile('Estimated cost', formatUsd(summary.cost.total), costNote(summary))}
</div>
<div id="results"></div>
<details class="facts">
<summary>About this run</summary>
${facts(summary)}
</details>
</header>
<nav id="nav" aria-label="Sections"></nav>
<main>
<noscript><p class="notice">The tables and charts of this report are drawn by a script inside of it, and scripts are switched off here.</p></noscript>
<section id="combined" aria-labelledby="combined-title" hidden><h2 id="combined-title">Combined result</h2></section>
<section id="failures" aria-labelledby="failures-title" hidden><h2 id="failures-title">What failed</h2></section>
<section id="items" aria-labelledby="items-title"><h2 id="items-title">Items</h2></section>
<section id="charts" aria-labelledby="charts-title" hidden><h2 id="charts-title">Charts</h2></section>
<section id="timing" aria-labelledby="timing-title" hidden><h2 id="timing-title">Timing</h2></section>
</main>
<dialog id="item" aria-labelledby="item-title"></dialog>
`;
}

function title(summary: RunSummary): string {
  const { batch, message, startedAt } = summary;
  return `<p class="overline">Batch analysis report</p>
<h1>${text(batch)} ${runBadge(summary)}</h1>
<p class="lead">${text(sentence(message))}</p>
<p class="when"><time datetime="${text(startedAt)}">${text(formatDateTime(startedAt))}</time></p>${sweepNotice(summary)}`;
}

/** Green is for a run of which nothing failed: what a batch tolerates is still missing from its results. */
function runBadge({ status, counts, mapFailure }: RunSummary): string {
  const badge = (kind: string, words: string) => `<span class="badge ${kind}">${words}</span>`;
  if (status === 'failed') {
    return badge('failed', 'Failed');
  }
  if (counts.failed > 0 || mapFailure !== undefined) {
    return badge('partial', 'Succeeded with failures');
  }
  return badge('succeeded', 'Succeeded');
}

function sweepNotice({ sessions: { sweepFailure } }: RunSummary): string {
  return sweepFailure === undefined
    ? ''
    : `\n<p class="notice">Sessions of this run may still be open: they could not all be found and stopped (${text(sweepFailure)}). They end by themselves at their timeout.</p>`;
}

/** The run's message is written to be part of a longer one. */
function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.!?]$/.test(message) ? '' : '.'}`;
}

function tile(name: string, value: string, note: string): string {
  return `<div class="tile"><p class="tile-name">${text(name)}</p><p class="figure">${text(value)}</p><p class="note">${text(note)}</p></div>`;
}

/** The bar is an SVG, since a policy without inline styles leaves widths to attributes. */
function itemsTile({ counts }: RunSummary): string {
  const parts = (['succeeded', 'failed', 'skipped'] as const).filter((status) => counts[status] > 0);
  const share = (count: number) => (counts.total > 0 ? (count / counts.total) * 100 : 0);
  let x = 0;
  const bars = parts.map((status) => {
    // One failure among thousands is still to be seen.
    const width = Math.max(share(counts[status]), 0.6);
    const bar = `<rect class="${status}" x="${Math.min(x, 100 - width).toFixed(2)}" width="${width.toFixed(2)}" height="1"/>`;
    x += width;
    return bar;
  });
  const note = parts
    .map((status) => `<span class="key ${status}">${formatCount(counts[status])} ${status}</span>`)
    .join(' ');
  return `<div class="tile wide"><p class="tile-name">Items</p><p class="figure">${formatCount(counts.total)}</p>
<svg class="share" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">${bars.join('')}</svg>
<p class="note">${note || 'There was nothing to do'}</p></div>`;
}

function pace({ counts, durationSeconds }: RunSummary): string {
  const done = counts.succeeded + counts.failed;
  if (done === 0 || durationSeconds <= 0) {
    return 'No item was run';
  }
  const perSecond = done / durationSeconds;
  if (perSecond >= 1) {
    return `${perSecond.toFixed(1)} items a second`;
  }
  return `${formatDuration(durationSeconds / done)} an item`;
}

function sessionsNote({ sessions, counts }: RunSummary): string {
  const done = counts.succeeded + counts.failed;
  const each = sessions.used === 0 ? 'None was used' : itemsEach(done, sessions.used);
  return sessions.orphaned > 0 ? `${each}; ${formatCount(sessions.orphaned)} orphaned and stopped at the end` : each;
}

function itemsEach(items: number, sessions: number): string {
  if (sessions === 1) {
    return plural(items, 'item');
  }
  return `${(items / sessions).toFixed(1).replace(/\.0$/, '')} items each`;
}

function costNote({ cost }: RunSummary): string {
  const around = cost.lambda + cost.stepFunctions + cost.s3;
  return `Sessions ${formatUsd(cost.cpu + cost.memory)}, workflow ${formatUsd(around)}; prices of ${month(cost.pricesAsOf)}`;
}

function facts(summary: RunSummary): string {
  const { script, bucket, cost } = summary;
  return `<dl>
${fact('Run', code(summary.runId))}
${fact('Started', text(formatDateTime(summary.startedAt)))}
${fact('Finished', text(formatDateTime(summary.finishedAt)))}
${fact('Script', `${code(script.name)} (${LANGUAGE_NAMES[script.language]})`)}
${fact('Failed items', `${formatCount(summary.counts.failed)} of ${formatCount(summary.counts.total)}; the batch tolerates ${toleratedInWords(summary.tolerated)}`)}
${skipped(summary)}${fact('Sessions', text(sessionsInWords(summary)))}
${fact('Parameters', parameters(summary.parameters), 'wide')}
${fact('Results as a table', address(bucket, summary.tableKey))}
${fact('Results as JSON Lines', address(bucket, summary.resultsKey))}
${fact('This report', address(bucket, summary.reportKey))}
${fact('Estimated cost', text(costInWords(cost)), 'wide')}
</dl>`;
}

function skipped({ counts }: RunSummary): string {
  if (counts.skipped === 0) {
    return '';
  }
  return `${fact('Skipped items', `${formatCount(counts.skipped)}: an earlier execution of this run had succeeded with them`)}\n`;
}

function sessionsInWords({ sessions }: RunSummary): string {
  if (sessions.sweepFailure !== undefined) {
    return `${plural(sessions.used, 'session')} in which items ran; whether any is left open is not known`;
  }
  const orphaned =
    sessions.orphaned > 0 ? `${formatCount(sessions.orphaned)} orphaned, stopped at the end` : 'none orphaned';
  return `${plural(sessions.used, 'session')} in which items ran; ${orphaned}`;
}

function costInWords(cost: RunSummary['cost']): string {
  return (
    `${formatUsd(cost.total)} = sessions’ active CPU ${formatUsd(cost.cpu)} + memory ${formatUsd(cost.memory)}, ` +
    `from the items’ CPU time, peak memory and durations at the prices of ${month(cost.pricesAsOf)} ` +
    `($${PRICES.vcpuHour} a vCPU-hour, $${PRICES.gbHour} a GB-hour) ` +
    `+ Lambda ${formatUsd(cost.lambda)} + Step Functions ${formatUsd(cost.stepFunctions)} + S3 requests ${formatUsd(cost.s3)}, ` +
    `from counts of items, sessions and files at list prices of us-east-1 of ${month(AWS_PRICES.asOf)}. ` +
    'Without the sessions’ start and idle time, retries, logs, storage and free tiers.'
  );
}

/** `November 2026` from `2026-11`. */
function month(yearMonth: string): string {
  const time = Date.parse(`${yearMonth}-01T00:00:00Z`);
  if (Number.isNaN(time)) {
    return yearMonth;
  }
  return new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(time);
}

function fact(name: string, html: string, kind = ''): string {
  return `<div class="${kind}"><dt>${text(name)}</dt><dd>${html}</dd></div>`;
}

function code(value: string): string {
  return `<code>${text(value)}</code>`;
}

/** The page adds a way to copy it. */
function address(bucket: string, key: string): string {
  return `<code data-copy>${text(`s3://${bucket}/${key}`)}</code>`;
}

function parameters(values: JsonObject): string {
  const entries = Object.entries(values);
  if (entries.length === 0) {
    return 'none';
  }
  const items = entries.slice(0, MAX_PARAMETERS).map(([name, value]) => {
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    const short = shown.length > MAX_VALUE_CHARACTERS ? `${shown.slice(0, MAX_VALUE_CHARACTERS)}…` : shown;
    return `<li>${code(name)} = ${code(short)}</li>`;
  });
  const more = entries.length - items.length;
  return `<ul>${items.join('')}${more > 0 ? `<li>and ${formatCount(more)} more</li>` : ''}</ul>`;
}
