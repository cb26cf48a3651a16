import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ItemResult } from '../../contract/batch-item';
import { ResultsTable } from '../../runtime/batch/results-table';
import { SPREADSHEET } from '../../runtime/batch/table-style';

/** Writes the table for spreadsheets beside the results of a run, as a batch does that is asked for one. */
export async function writeSpreadsheet(folder: string): Promise<void> {
  const table = new ResultsTable();
  for await (const result of resultsIn(folder)) {
    table.learn(result);
  }
  const file = await open(join(folder, 'results.spreadsheet.csv'), 'w');
  try {
    await table.write(resultsIn(folder), async (line) => void (await file.write(line)), SPREADSHEET);
  } finally {
    await file.close();
  }
}

async function* resultsIn(folder: string): AsyncGenerator<ItemResult> {
  for await (const line of createInterface({ input: createReadStream(join(folder, 'results.jsonl')) })) {
    if (line !== '') {
      yield JSON.parse(line) as ItemResult;
    }
  }
}
