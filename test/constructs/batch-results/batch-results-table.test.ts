import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import {
  AnalysisScript,
  BatchAnalysis,
  BatchResultsTable,
  type BatchResultsTableProps,
  CodeInterpreter,
  StagingBucket,
} from '../../../lib';
import { batchTemplate, propertiesOf, readable, statementsOf } from '../../support/batch-stack';
import { ENV } from '../template-of';

type Props = Omit<BatchResultsTableProps, 'batch'>;

const withTable = (props: Props = {}, batchName?: string): Template =>
  batchTemplate(
    (batch, stack) => {
      const table = new BatchResultsTable(stack, 'Results', { batch, ...props });
      table.grantQuery(new iam.Role(stack, 'Analyst', { assumedBy: new iam.AccountRootPrincipal() }));
    },
    { batchName },
  );
const tablesOf = (of: Template) =>
  readable(propertiesOf(of, 'AWS::Glue::Table', '').map(({ TableInput }) => TableInput)) as TableInput[];

interface TableInput {
  Name: string;
  PartitionKeys: object[];
  Parameters: Record<string, unknown>;
  StorageDescriptor: {
    Columns: { Name: string; Type: string }[];
    Location: unknown;
    SerdeInfo: { Parameters: Record<string, string> };
  };
}

const at = (folder: string) => ({ 'Fn::Join': ['', ['s3://', { Ref: 'InterpreterStagingBucket' }, folder]] });
const typeOf = (of: Template, name: string) =>
  tablesOf(of)[0]?.StorageDescriptor.Columns.find((column) => column.Name === name)?.Type;
const keysOf = (of: Template) => tablesOf(of)[0]?.StorageDescriptor.SerdeInfo.Parameters;

describe('the tables of a batch’s results', () => {
  test('are one of all runs, found by the id that a query names, and one of the newest', () => {
    const [runs, latest] = tablesOf(withTable());
    expect(runs).toMatchObject({
      Name: 'sales',
      TableType: 'EXTERNAL_TABLE',
      PartitionKeys: [{ Name: 'run', Type: 'string' }],
      Parameters: {
        EXTERNAL: 'TRUE',
        classification: 'json',
        'projection.enabled': 'true',
        'projection.run.type': 'injected',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Athena fills it in.
        'storage.location.template': at('/runs/Sales/${run}/athena/'),
      },
      StorageDescriptor: { Location: at('/runs/Sales/') },
    });
    expect(latest).toMatchObject({
      Name: 'sales_latest',
      TableType: 'EXTERNAL_TABLE',
      PartitionKeys: [],
      Parameters: { EXTERNAL: 'TRUE', classification: 'json' },
      StorageDescriptor: { Location: at('/runs/Sales/latest.athena/') },
    });
    expect(Object.keys(latest?.Parameters ?? {})).toHaveLength(2);
  });

  test('follow the address that each run has left to its JSON Lines', () => {
    for (const { StorageDescriptor } of tablesOf(withTable())) {
      expect(StorageDescriptor).toMatchObject({
        InputFormat: 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat',
        OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
        SerdeInfo: { SerializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
      });
    }
  });

  test('have a column for each key of a result, in lower case, and no other', () => {
    const [runs, latest] = tablesOf(withTable());
    expect(runs?.StorageDescriptor.Columns).toEqual(latest?.StorageDescriptor.Columns);
    const text = 'struct<bytes:bigint,excerpt:string,key:string>';
    expect(Object.fromEntries((runs?.StorageDescriptor.Columns ?? []).map(({ Name, Type }) => [Name, Type]))).toEqual({
      id: 'string',
      key: 'string',
      bytes: 'bigint',
      status: 'string',
      parameters: 'string',
      startedat: 'string',
      durationseconds: 'double',
      cpuseconds: 'double',
      peakmemorybytes: 'bigint',
      sessionid: 'string',
      exitcode: 'int',
      error: 'struct<name:string,message:string,detail:string>',
      row: 'string',
      files: 'array<struct<path:string,bytes:bigint,contenttype:string,key:string>>',
      stdout: text,
      stderr: text,
      warnings: 'array<struct<code:string,message:string>>',
    });
  });

  test('tell keys apart by case, and so name each that is not in lower case', () => {
    expect(keysOf(withTable())).toEqual({
      'case.insensitive': 'false',
      'mapping.startedat': 'startedAt',
      'mapping.durationseconds': 'durationSeconds',
      'mapping.cpuseconds': 'cpuSeconds',
      'mapping.peakmemorybytes': 'peakMemoryBytes',
      'mapping.sessionid': 'sessionId',
      'mapping.exitcode': 'exitCode',
      'mapping.contenttype': 'contentType',
    });
  });

  test('are named after the batch by default, or as they are told', () => {
    expect(tablesOf(withTable({}, 'Q3-Sales')).map(({ Name }) => Name)).toEqual(['q3_sales', 'q3_sales_latest']);
    expect(tablesOf(withTable({ tableName: 'takings' })).map(({ Name }) => Name)).toEqual([
      'takings',
      'takings_latest',
    ]);
  });

  test('are in a database of their own by default, or in one that is there', () => {
    const own = withTable();
    expect(propertiesOf(own, 'AWS::Glue::Database', '')).toEqual([
      { CatalogId: { Ref: 'AWS::AccountId' }, DatabaseInput: expect.objectContaining({ Name: expect.any(String) }) },
    ]);
    expect(propertiesOf(own, 'AWS::Glue::Database', '')[0]?.DatabaseInput.Name).toMatch(/^test_results_[0-9a-f]{8}$/);
    expect(readable(propertiesOf(own, 'AWS::Glue::Table', '')[0]?.DatabaseName)).toEqual({ Ref: 'ResultsDatabase' });
    const given = withTable({ databaseName: 'analytics' });
    given.resourceCountIs('AWS::Glue::Database', 0);
    expect(propertiesOf(given, 'AWS::Glue::Table', '').map(({ DatabaseName }) => DatabaseName)).toEqual([
      'analytics',
      'analytics',
    ]);
  });
});

describe('the rows of the script', () => {
  test('are a string with JSON by default', () => {
    expect(typeOf(withTable(), 'row')).toBe('string');
  });

  test('are a struct of the columns that are named', () => {
    const of = withTable({
      rowColumns: {
        total: 'double',
        meanPrice: 'decimal(10, 2)',
        tags: 'array<string>',
        by_month: 'map<string, struct<Sum:double,items:int>>',
      },
    });
    expect(typeOf(of, 'row')).toBe(
      'struct<total:double,meanprice:decimal(10,2),tags:array<string>,by_month:map<string,struct<sum:double,items:int>>>',
    );
    expect(keysOf(of)).toMatchObject({ 'mapping.meanprice': 'meanPrice', 'mapping.sum': 'Sum' });
    expect(keysOf(of)).not.toHaveProperty('mapping.total');
  });

  test.each<[Record<string, string>, string]>([
    [
      { total: 'number' },
      'the type of "total" in rowColumns must be of boolean, tinyint, smallint, int, bigint, float, double, ' +
        'decimal(p,s), string, varchar(n), char(n), date, timestamp, array<...>, map<string,...>, struct<name:...>; got "number"',
    ],
    [{ total: 'array<integer>' }, 'got "array<integer>"'],
    [{ total: 'map<int,string>' }, 'got "map<int,string>"'],
    [{ total: 'struct<a:int' }, 'got "struct<a:int"'],
    [{ total: 'struct<a b:int,:int>' }, 'got "struct<a b:int,:int>"'],
    [{ total: '' }, 'got ""'],
    [
      { 'mean price': 'double' },
      'a name in rowColumns must be letters, digits and underscores, and begin with no digit; got "mean price"',
    ],
    [
      { Status: 'string' },
      'rowColumns must not differ from other keys of the results in case alone; got "Status" beside "status"',
    ],
    [{ sessionid: 'string' }, 'got "sessionid" beside "sessionId"'],
    [{ total: 'int', Total: 'int' }, 'got "Total" beside "total"'],
    [{}, 'rowColumns must name a column at least; leave it out to have rows as JSON'],
  ])('fail at once where they cannot be read: %j', (rowColumns, message) => {
    expect(() => withTable({ rowColumns })).toThrow(message);
    expect(() => withTable({ rowColumns })).toThrow('Test/Results: ');
  });
});

test.each<[Props, string]>([
  [{ tableName: 'Sales' }, 'Test/Results: tableName must be 1 to 248 of a-z 0-9 _; got "Sales"'],
  [{ tableName: '' }, 'tableName must be 1 to 248 of a-z 0-9 _; got ""'],
  [{ tableName: 'a'.repeat(249) }, 'tableName must be 1 to 248'],
  [{ databaseName: 'my-data' }, 'Test/Results: databaseName must be 1 to 255 of a-z 0-9 _; got "my-data"'],
])('names that Athena does not know fail: %j', (props, message) => {
  expect(() => withTable(props)).toThrow(message);
});

describe('who may query', () => {
  const ours = { StringEquals: { 's3:ResourceAccount': { Ref: 'AWS::AccountId' } } };
  const catalog = (...name: unknown[]) => ({
    'Fn::Join': [
      '',
      ['arn:', { Ref: 'AWS::Partition' }, ':glue:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ...name],
    ],
  });

  test('sees these definitions, and reads what this batch’s runs have left, and nothing else', () => {
    const bucket = { 'Fn::GetAtt': ['InterpreterStagingBucket', 'Arn'] };
    const database = { Ref: 'ResultsDatabase' };
    expect(readable(statementsOf(withTable(), 'Analyst'))).toEqual([
      {
        Effect: 'Allow',
        Action: ['glue:GetDatabase', 'glue:GetTable', 'glue:GetPartitions'],
        Resource: [
          catalog(':catalog'),
          catalog(':database/', database),
          catalog(':table/', database, '/sales'),
          catalog(':table/', database, '/sales_latest'),
        ],
      },
      {
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: { 'Fn::Join': ['', [bucket, '/runs/Sales/*']] },
        Condition: ours,
      },
      {
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: bucket,
        Condition: { ...ours, StringLike: { 's3:prefix': 'runs/Sales/*' } },
      },
    ]);
  });

  test('may use the bucket’s key, where it has one, through S3 alone', () => {
    const stack = new Stack(new App({ analyticsReporting: false }), 'Test', { env: ENV });
    const staging = StagingBucket.create({ encryptionKey: new kms.Key(stack, 'Key') });
    const batch = new BatchAnalysis(stack, 'Sales', {
      interpreter: new CodeInterpreter(stack, 'Interpreter', { staging }),
      script: AnalysisScript.fromAsset(`${__dirname}/../../fixtures/analyses/count.py`),
    });
    const analyst = new iam.Role(stack, 'Analyst', { assumedBy: new iam.AccountRootPrincipal() });
    new BatchResultsTable(stack, 'Results', { batch }).grantQuery(analyst);
    expect(readable(statementsOf(Template.fromStack(stack), 'Analyst').at(-1))).toEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: { 'Fn::GetAtt': ['Key', 'Arn'] },
      Condition: {
        StringEquals: {
          'kms:ViaService': { 'Fn::Join': ['', ['s3.eu-west-1.', { Ref: 'AWS::URLSuffix' }]] },
        },
      },
    });
  });
});
