/** @needs Python */
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { AnalysisInput, AnalysisScript, BatchAnalysis, BatchResultsTable, CodeInterpreter } from '../../lib';
import { readAssembly } from '../../lib/local/runner/assembly';
import { SCRIPTS, Scratch } from '../support/local-batch';
import { python } from '../support/python';

/**
 * The synthesized table beside what a run has really left: Athena itself is not at hand, so its way is gone step by step.
 */
describe('the results of a run, as the table of Athena reads them', () => {
  let scratch: Scratch;
  let table: TableDefinition;
  let runId: string;

  beforeAll(async () => {
    scratch = await Scratch.make();
    synthesize(scratch.assembly);
    table = tableOf(scratch.assembly);
    const inputs = await scratch.inputs({
      'a.csv': '1\n2\n',
      'raise.csv': '1\n',
      'figures.csv': '1\n',
      'chatty.csv': '',
    });
    const { summary } = await scratch.run([inputs]);
    runId = summary?.runId ?? '';
    expect(summary?.counts).toEqual({ total: 8, succeeded: 6, failed: 2, skipped: 0 });
  });

  afterAll(() => scratch.remove());

  const lines = async () =>
    (await readFile(join(scratch.results, 'results.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  test('the location for its id holds one file, with the address of its JSON Lines', async () => {
    const template = table.Parameters['storage.location.template'] ?? '';
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Athena fills it in.
    const location = template.replace('${run}', runId);
    expect(location).toMatch(new RegExp(`^/runs/Batch/${runId}/athena/$`));
    const address = await readFile(join(scratch.results, 'athena/results.symlink.txt'), 'utf8');
    expect(address).toMatch(new RegExp(`^s3://[^/]+/runs/Batch/${runId}/results\\.jsonl$`));
  });

  test('every key of every line is of a column, and every value is of its type', async () => {
    const problems = (await lines()).flatMap((line) => misfits(line, `struct<${table.row}>`, table.keys, 'line'));
    // Of rows, the table has the columns that it was told of.
    expect(problems.filter((problem) => problem !== 'line.row.parameters: no column')).toEqual([]);
    expect(problems).toContain('line.row.parameters: no column');
  });

  test('every column is found in some line, so that none is of a key that does not exist', async () => {
    const found = new Set((await lines()).flatMap(Object.keys));
    const columns = table.columns.map(({ Name }) => table.keys.get(Name) ?? Name);
    // None of these items is warned of.
    expect(columns.filter((key) => !found.has(key))).toEqual(['warnings']);
  });

  test('a reader that knows nothing of them counts the same', async () => {
    const program = [
      'import pandas, sys',
      'results = pandas.read_json(sys.argv[1], lines=True)',
      'print(results.groupby("status").bytes.agg(["count", "sum"]).to_json())',
    ].join('\n');
    const printed = execFileSync(await python(), ['-c', program, join(scratch.results, 'results.jsonl')], {
      encoding: 'utf8',
    });
    expect(JSON.parse(printed)).toEqual({
      count: { failed: 2, succeeded: 6 },
      sum: { failed: 4, succeeded: 12 },
    });
  });
});

function synthesize(outdir: string): void {
  const stack = new Stack(new App({ outdir }), 'Test');
  const batch = new BatchAnalysis(stack, 'Batch', {
    interpreter: new CodeInterpreter(stack, 'Interpreter'),
    script: AnalysisScript.fromAsset(join(SCRIPTS, 'count.py')),
    input: AnalysisInput.fromPrefix('incoming/', { grid: { threshold: [1, 2] } }),
    itemTimeout: Duration.minutes(1),
    toleratedFailurePercentage: 25,
  });
  new BatchResultsTable(stack, 'Results', { batch, rowColumns: { lines: 'bigint' } });
  (stack.node.root as App).synth();
}

interface TableDefinition {
  readonly Parameters: Record<string, string>;
  readonly columns: { readonly Name: string; readonly Type: string }[];
  /** The columns as the fields of a struct. */
  readonly row: string;
  /** The keys by the names that the columns and fields have. */
  readonly keys: ReadonlyMap<string, string>;
}

/** The table of all runs, as the template has it; of locations, the part in the bucket. */
function tableOf(assembly: string): TableDefinition {
  const [input] = readAssembly(assembly).flatMap(({ template }) =>
    Object.values(template.Resources)
      .filter(({ Type }) => Type === 'AWS::Glue::Table')
      // biome-ignore lint/suspicious/noExplicitAny: as untyped as templates are.
      .map(({ Properties }) => Properties?.TableInput as any),
  );
  const location = input.Parameters['storage.location.template']['Fn::Join'][1].at(-1);
  const serde = Object.entries<string>(input.StorageDescriptor.SerdeInfo.Parameters);
  const columns = input.StorageDescriptor.Columns as TableDefinition['columns'];
  return {
    Parameters: { ...input.Parameters, 'storage.location.template': location },
    columns,
    row: columns.map(({ Name, Type }) => `${Name}:${Type}`).join(','),
    keys: new Map(
      serde.flatMap(([name, key]) => (name.startsWith('mapping.') ? [[name.slice('mapping.'.length), key]] : [])),
    ),
  };
}

/** What of a value is not of a type of Hive, where a string takes any JSON. */
function misfits(value: unknown, type: string, keys: ReadonlyMap<string, string>, path: string): string[] {
  if (value === undefined || value === null) {
    return [];
  }
  const [, kind, inner = ''] = /^(struct|array)<(.*)>$/.exec(type) ?? [];
  if (kind === 'array') {
    return Array.isArray(value)
      ? value.flatMap((element, index) => misfits(element, inner, keys, `${path}[${index}]`))
      : [`${path}: no array`];
  }
  if (kind === 'struct') {
    const fields = new Map(
      inner.split(/,(?![^<]*>)/).map((field) => {
        const name = field.slice(0, field.indexOf(':'));
        return [keys.get(name) ?? name, field.slice(field.indexOf(':') + 1)] as const;
      }),
    );
    return Object.entries(value).flatMap(([key, own]) => {
      const fieldType = fields.get(key);
      return fieldType ? misfits(own, fieldType, keys, `${path}.${key}`) : [`${path}.${key}: no column`];
    });
  }
  return isOf(value, type) ? [] : [`${path}: ${JSON.stringify(value)} is no ${type}`];
}

function isOf(value: unknown, type: string): boolean {
  if (type === 'string') {
    return true;
  }
  if (type === 'double') {
    return typeof value === 'number';
  }
  if (type === 'int') {
    return Number.isInteger(value) && Math.abs(value as number) < 2 ** 31;
  }
  return type === 'bigint' && Number.isSafeInteger(value);
}
