import type { RunSummary } from '../../../lib/contract/batch';
import type { ItemResult, OutputFile } from '../../../lib/contract/batch-item';
import { Summarizer } from '../../../lib/runtime/report/summarize';
import { type ReportOptions, type ReportSource, writeReport } from '../../../lib/runtime/report/write-report';

const START = Date.UTC(2026, 10, 22, 14, 3, 5);

/** An item that went well, with what the test says about it. */
export function item(over: Partial<ItemResult> = {}): ItemResult {
  const id = over.id ?? 'cars';
  return {
    id,
    key: `incoming/${id}.csv`,
    bytes: 18_432,
    status: 'succeeded',
    startedAt: new Date(START + 2_000).toISOString(),
    durationSeconds: 2.4,
    cpuSeconds: 2.1,
    peakMemoryBytes: 190 * 1024 ** 2,
    sessionId: 'session-1',
    exitCode: 0,
    row: { rows: 406, columns: 9, kind: 'vehicles' },
    files: [],
    stdout: { bytes: 12, excerpt: `${id} printed` },
    ...over,
  };
}

/** An item whose script raised. */
export function failedItem(over: Partial<ItemResult> = {}): ItemResult {
  const message = `ValueError: ${over.id ?? 'broken'}.csv holds no table`;
  return item({
    id: 'broken',
    status: 'failed',
    exitCode: 1,
    row: undefined,
    error: {
      name: 'ScriptFailed',
      message,
      detail: `Traceback (most recent call last):\n  File "analysis.py", line 42, in <module>\n    main()\n${message}`,
    },
    ...over,
  });
}

/** An SVG chart among an item's files; {@link sampleSource} draws it. */
export function chart(path = 'figure-1.svg', over: Partial<OutputFile> = {}): OutputFile {
  return { path, bytes: 400, contentType: 'image/svg+xml', key: `runs/sales/r1/items/x/files/${path}`, ...over };
}

export const SVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 200" width="300" height="200">
<path d="M30 170V60h30V170zM80 170V90h30V170zM130 170V30h30V170zM180 170V110h30V170zM230 170V70h30V170z" fill="#4c78a8"/>
<path d="M20 170h260" stroke="#888"/></svg>`;

/** A thousandth of a second to a minute or so, the same each time. */
export function manyItems(count: number): ItemResult[] {
  return Array.from({ length: count }, (_, index) => {
    const noise = ((index * 7919) % 1000) / 1000;
    const session = Math.floor(index / 25);
    const durationSeconds = 0.4 + noise ** 3 * 9;
    const over = {
      id: `store-${String(index).padStart(5, '0')}`,
      startedAt: new Date(
        START + (session % 20) * 400 + Math.floor(session / 20) * 95_000 + (index % 25) * 3_500,
      ).toISOString(),
      durationSeconds,
      cpuSeconds: durationSeconds * 0.9,
      sessionId: `session-${session}`,
    };
    if (index % 97 === 13) {
      return failedItem(over);
    }
    return item({
      ...over,
      row: { rows: 1000 + index * 3, mean: noise * 12.3456, region: ['north', 'south', 'west'][index % 3] ?? '' },
    });
  });
}

export function sampleSummary(items: readonly ItemResult[], over: Partial<RunSummary> = {}): RunSummary {
  const totals = new Summarizer();
  for (const one of items) {
    totals.add(one);
  }
  const { counts } = totals;
  return {
    version: 1,
    batch: 'sales',
    runId: 'r1',
    status: 'succeeded',
    message: `${counts.failed} of ${counts.total} items failed, within the tolerated 20 %`,
    startedAt: new Date(START).toISOString(),
    finishedAt: new Date(START + 94_000).toISOString(),
    durationSeconds: 94,
    counts,
    tolerated: { percentage: 20 },
    warnings: totals.warnings,
    failures: totals.failures,
    sessions: { used: totals.sessionsUsed, orphaned: 0 },
    cost: totals.cost,
    script: { name: 'sales.py', language: 'python' },
    parameters: { currency: 'EUR' },
    bucket: 'staging-bucket',
    resultsKey: 'runs/sales/r1/results.jsonl',
    tableKey: 'runs/sales/r1/results.csv',
    reportKey: 'runs/sales/r1/report.html',
    ...over,
  };
}

export function sampleSource(items: readonly ItemResult[], over: Partial<RunSummary> = {}): ReportSource {
  return {
    summary: sampleSummary(items, over),
    async *items() {
      yield* items;
    },
    readFile: async () => Buffer.from(SVG),
  };
}

export async function reportOf(source: ReportSource, options?: ReportOptions): Promise<string> {
  const chunks: string[] = [];
  await writeReport(source, (chunk) => void chunks.push(chunk), options);
  return chunks.join('');
}
