import { Names, Stack } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { latestSymlinkFolder, RunLayout, runsPrefix } from '../../contract/layout';
import { injectProps } from '../base/property-injection';
import type { IBatchAnalysis } from '../batch/batch-analysis-ref';
import { checkCatalogName, checkRowColumns } from './batch-results-validation';
import type { ResultColumns } from './results-columns';

/** How the results of a batch are to be queried. */
export interface BatchResultsTableProps {
  /** The batch. */
  readonly batch: IBatchAnalysis;
  /**
   * The name of a database of the Glue Data Catalog that exists already, in the stack's account and Region.
   *
   * @default - a database is made, with a generated name
   */
  readonly databaseName?: string;
  /**
   * The name of the table of all runs, 1 to 248 of `a-z 0-9 _`. That of the newest run's is the same with `_latest`.
   *
   * @default - the batch's name in lower case, with `_` for `-`
   */
  readonly tableName?: string;
  /**
   * The columns of the script's rows that are to be fields of the column `row`, by name, with their types as Athena has
   * them in `CREATE TABLE`: `{ total: 'double', region: 'string' }`. Other columns are left out.
   *
   * @default - `row` is a string with JSON
   */
  readonly rowColumns?: { [column: string]: string };
}

/** The partition key of the table of all runs. */
const RUN = 'run';
/** Stands for the run's id in a location, for Athena to fill in. */
const RUN_FIELD = `\${${RUN}}`;

/**
 * Two tables for Amazon Athena over the results of a batch: of all runs, of which a query names one or more by their ids
 * (`WHERE run = '...'`), and of the run that has finished last. They read `results.jsonl` in place; nothing is copied, and
 * a run needs no registering.
 *
 * @example
 * declare const batch: BatchAnalysis;
 * declare const analysts: iam.Role;
 * const table = new BatchResultsTable(this, 'Results', { batch, rowColumns: { total: 'double', region: 'string' } });
 * table.grantQuery(analysts);
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/partition-projection-dynamic-id-partitioning.html
 */
export class BatchResultsTable extends Construct {
  /** Identifies this class to property injectors. */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-agentcore-code-interpreter.BatchResultsTable';

  /** The name of the database. */
  public readonly databaseName: string;
  /** The name of the table of all runs. */
  public readonly tableName: string;
  /** The name of the table of the newest run. */
  public readonly latestTableName: string;
  private readonly batch: IBatchAnalysis;

  constructor(scope: Construct, id: string, properties: BatchResultsTableProps) {
    super(scope, id);
    const props = injectProps(BatchResultsTable.PROPERTY_INJECTION_ID, scope, id, properties);
    this.batch = props.batch;
    const { batchName } = props.batch;
    this.tableName = props.tableName ?? batchName.toLowerCase().replaceAll('-', '_');
    this.latestTableName = `${this.tableName}_latest`;
    checkCatalogName(this, 'tableName', this.tableName, 248);
    checkCatalogName(this, 'databaseName', props.databaseName, 255);
    const columns = checkRowColumns(this, props.rowColumns);
    this.databaseName = props.databaseName ?? this.makeDatabase();
    this.makeTable('Runs', columns, {
      name: this.tableName,
      description: `Results of the runs of batch ${batchName}: name one, WHERE ${RUN} = '...'`,
      folder: runsPrefix(batchName),
      partitionKeys: [{ name: RUN, type: 'string', comment: 'The id of the run' }],
      parameters: {
        'projection.enabled': 'true',
        [`projection.${RUN}.type`]: 'injected',
        'storage.location.template': this.location(new RunLayout(batchName, RUN_FIELD).symlinkFolder),
      },
    });
    this.makeTable('Latest', columns, {
      name: this.latestTableName,
      description: `Results of the run of batch ${batchName} that has finished last`,
      folder: latestSymlinkFolder(batchName),
    });
  }

  /**
   * Allows what a query needs of these tables: their definitions, and to read what the batch's runs have left. To run
   * queries at all, a principal needs a workgroup of Athena and the place for its answers, too.
   */
  public grantQuery(grantee: iam.IGrantable): iam.Grant {
    const { databaseName } = this;
    const tables = [this.tableName, this.latestTableName].map((name) => this.arn('table', `${databaseName}/${name}`));
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['glue:GetDatabase', 'glue:GetTable', 'glue:GetPartitions'],
      resourceArns: [this.arn('catalog'), this.arn('database', databaseName), ...tables],
    }).combine(this.batch.grantReadResults(grantee));
  }

  private makeDatabase(): string {
    const name = Names.uniqueResourceName(this, { separator: '_', allowedSpecialCharacters: '_', maxLength: 128 });
    const database = new glue.CfnDatabase(this, 'Database', {
      catalogId: Stack.of(this).account,
      databaseInput: { name: name.toLowerCase(), description: `Results of batch ${this.batch.batchName}` },
    });
    return database.ref;
  }

  private makeTable(id: string, { columns, keys }: ResultColumns, table: TableOptions): glue.CfnTable {
    return new glue.CfnTable(this, id, {
      catalogId: Stack.of(this).account,
      databaseName: this.databaseName,
      tableInput: {
        name: table.name,
        description: table.description,
        tableType: 'EXTERNAL_TABLE',
        partitionKeys: table.partitionKeys ?? [],
        parameters: { EXTERNAL: 'TRUE', classification: 'json', ...table.parameters },
        storageDescriptor: {
          columns,
          location: this.location(table.folder),
          // A run's folder holds more than its results: of the folders here, each holds the address of a file to read.
          inputFormat: 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          serdeInfo: { serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe', parameters: serdeParameters(keys) },
        },
      },
    });
  }

  private location(folder: string): string {
    return `s3://${this.batch.staging.bucket.bucketName}/${folder}`;
  }

  private arn(resource: string, resourceName?: string): string {
    return Stack.of(this).formatArn({ service: 'glue', resource, resourceName });
  }
}

interface TableOptions {
  readonly name: string;
  readonly description: string;
  readonly folder: string;
  readonly partitionKeys?: glue.CfnTable.ColumnProperty[];
  readonly parameters?: Record<string, string>;
}

/**
 * Keys are case-sensitive, since a script's row may hold two that differ in nothing else, and such a row would end
 * every query. The price: each key that is not in lower case has to be named.
 */
function serdeParameters(keys: ReadonlyMap<string, string>): Record<string, string> {
  const mixed = [...keys].filter(([name, key]) => name !== key);
  return {
    'case.insensitive': 'false',
    ...Object.fromEntries(mixed.map(([name, key]) => [`mapping.${name}`, key])),
  };
}
