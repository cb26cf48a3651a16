import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as ts from 'typescript';
import {
  AnalysisInput,
  AnalysisScript,
  AnalystAgent,
  type AnalystAgentProps,
  BatchAnalysis,
  BatchAnalysisAlarms,
  type BatchAnalysisProps,
  BatchResultsTable,
  CodeInterpreter,
  CodeInterpreterAlarms,
  CodeInterpreterDashboard,
  CodeInterpreterInvoker,
  CodeInterpreterNetwork,
  type CodeInterpreterProps,
  CodeInterpreterTool,
  CodeInterpreterToolAlarms,
  type CodeInterpreterToolProps,
  LogDestination,
  StagingBucket,
} from '../../lib';
import { ENV } from './template-of';

const CONSTRUCTS = join(__dirname, '../../lib/constructs');

// biome-ignore lint/suspicious/noExplicitAny: a value of the type that the property has
type Use = (stack: Stack, value: any) => unknown;

const interpreter = (stack: Stack, props?: CodeInterpreterProps) => new CodeInterpreter(stack, 'Interpreter', props);
const batch = (stack: Stack, props: Partial<BatchAnalysisProps> = {}) =>
  new BatchAnalysis(stack, 'Batch', {
    interpreter: interpreter(stack),
    script: AnalysisScript.fromAsset(join(__dirname, '../fixtures/analyses/count.py')),
    ...props,
  });
const vpc = (stack: Stack) =>
  ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ['eu-west-1a'],
    privateSubnetIds: ['subnet-1'],
    privateSubnetRouteTableIds: ['rtb-1'],
    isolatedSubnetIds: ['subnet-2'],
    isolatedSubnetRouteTableIds: ['rtb-2'],
  });
const schedule = (stack: Stack, options: object) =>
  batch(stack).addSchedule('Nightly', { schedule: ScheduleExpression.rate(Duration.days(1)), ...options });
const invoker = (stack: Stack, props: object) =>
  new CodeInterpreterInvoker(stack, 'Invoker', { interpreter: interpreter(stack), ...props });
const alarms = (stack: Stack, props: object) =>
  new CodeInterpreterAlarms(stack, 'Alarms', { interpreter: interpreter(stack), ...props });
const tool = (stack: Stack, props: Partial<CodeInterpreterToolProps> = {}) =>
  new CodeInterpreterTool(stack, 'Tool', { interpreter: interpreter(stack), ...props });
const agent = (stack: Stack, props: Partial<AnalystAgentProps> = {}) =>
  new AnalystAgent(stack, 'Agent', { interpreter: interpreter(stack), modelId: 'amazon.nova-lite-v1:0', ...props });
const staged = (stack: Stack, props: object) => interpreter(stack, { staging: StagingBucket.create(props) });

/** Every number, duration and text of the public properties, used with a value that is known at deployment only. */
const USES: Record<string, Use> = {
  'AnalystAgentLimits.turns': (s, turns) => agent(s, { limits: { turns } }),
  'AnalystAgentLimits.toolCalls': (s, toolCalls) => agent(s, { limits: { toolCalls } }),
  'AnalystAgentLimits.time': (s, time) => agent(s, { limits: { time } }),
  'AnalystAgentProps.modelId': (s, modelId) =>
    agent(s, { modelId, modelArns: ['arn:aws:bedrock:::foundation-model/x'] }),
  'AnalystAgentProps.modelArns': (s, modelArns) => agent(s, { modelArns }),
  'AnalystAgentProps.agentName': (s, agentName) => agent(s, { agentName }),
  'AnalystAgentProps.systemPrompt': (s, systemPrompt) => agent(s, { systemPrompt }),
  'AnalystAgentProps.dataPrefix': (s, dataPrefix) => agent(s, { dataPrefix }),
  'AnalystAgentProps.sessionTimeout': (s, sessionTimeout) => agent(s, { sessionTimeout }),
  'BatchAnalysisAlarmsProps.failedRuns': (s, failedRuns) =>
    new BatchAnalysisAlarms(s, 'Alarms', { batch: batch(s), failedRuns }),
  'BatchAnalysisAlarmsProps.failedItems': (s, failedItems) =>
    new BatchAnalysisAlarms(s, 'Alarms', { batch: batch(s), failedItems }),
  'BatchAnalysisAlarmsProps.successWithin': (s, successWithin) =>
    new BatchAnalysisAlarms(s, 'Alarms', { batch: batch(s), successWithin }),
  'BatchAnalysisProps.batchName': (s, batchName) => batch(s, { batchName }),
  'BatchAnalysisProps.maxConcurrency': (s, maxConcurrency) => batch(s, { maxConcurrency }),
  'BatchAnalysisProps.itemsPerSession': (s, itemsPerSession) => batch(s, { itemsPerSession }),
  'BatchAnalysisProps.itemTimeout': (s, itemTimeout) => batch(s, { itemTimeout }),
  'BatchAnalysisProps.sessionTimeout': (s, sessionTimeout) => batch(s, { sessionTimeout }),
  'BatchAnalysisProps.toleratedFailurePercentage': (s, toleratedFailurePercentage) =>
    batch(s, { toleratedFailurePercentage }),
  'BatchAnalysisProps.toleratedFailureCount': (s, toleratedFailureCount) => batch(s, { toleratedFailureCount }),
  'BatchCombine.files': (s, files) => batch(s, { combine: { script: script(), files } }),
  'BatchCombine.timeout': (s, timeout) => batch(s, { combine: { script: script(), timeout } }),
  'BatchAnalysisAttributes.stateMachineArn': (s, stateMachineArn) =>
    imported(s, { stateMachineArn }).addNotification(new sns.Topic(s, 'Topic')),
  'BatchAnalysisAttributes.batchName': (s, batchName) => imported(s, { batchName }),
  'SessionSetup.folder': (s, folder) => batch(s, { setup: { folder } }),
  'SessionSetup.script': (s, file) => batch(s, { setup: { folder: __dirname, script: file } }),
  'SessionSetup.objects': (s, objects) => batch(s, { setup: { objects } }),
  'SessionSetup.timeout': (s, timeout) => batch(s, { setup: { objects: ['reference/a.csv'], timeout } }),
  'ItemFilterProps.suffixes': (s, suffixes) => batch(s, { input: AnalysisInput.fromPrefix('in/', { suffixes }) }),
  'ItemFilterProps.include': (s, include) => batch(s, { input: AnalysisInput.fromPrefix('in/', { include }) }),
  'ItemFilterProps.exclude': (s, exclude) => batch(s, { input: AnalysisInput.fromPrefix('in/', { exclude }) }),
  'ItemsInputProps.prefix': (s, prefix) => batch(s, { input: AnalysisInput.fromItems([], { prefix }) }),
  'ManifestInputProps.prefix': (s, prefix) =>
    batch(s, { input: AnalysisInput.fromManifest('in/list.csv', { prefix }) }),
  'BatchReservedConcurrency.planner': (s, planner) => batch(s, { reservedConcurrentExecutions: { planner } }),
  'BatchReservedConcurrency.worker': (s, worker) => batch(s, { reservedConcurrentExecutions: { worker } }),
  'BatchReservedConcurrency.reporter': (s, reporter) => batch(s, { reservedConcurrentExecutions: { reporter } }),
  'BatchReservedConcurrency.starter': (s, starter) =>
    batch(s, { reservedConcurrentExecutions: { starter } }).addUploadTrigger('Uploads'),
  'BatchReservedConcurrency.notifier': (s, notifier) =>
    batch(s, { reservedConcurrentExecutions: { notifier } }).addEventDestination(),
  'BatchNotificationOptions.linkExpiry': (s, linkExpiry) =>
    batch(s).addNotification(new sns.Topic(s, 'Topic'), { linkExpiry }),
  'BatchResultsTableProps.databaseName': (s, databaseName) =>
    new BatchResultsTable(s, 'Table', { batch: batch(s), databaseName }),
  'BatchResultsTableProps.tableName': (s, tableName) =>
    new BatchResultsTable(s, 'Table', { batch: batch(s), tableName }),
  'BatchScheduleOptions.prefix': (s, prefix) => schedule(s, { prefix }),
  'BatchScheduleOptions.lookBack': (s, lookBack) => schedule(s, { lookBack }),
  'BatchScheduleOptions.flexibleWindow': (s, flexibleWindow) => schedule(s, { flexibleWindow }),
  'BatchScheduleOptions.maxEventAge': (s, maxEventAge) => schedule(s, { maxEventAge }),
  'BatchUploadTriggerOptions.prefix': (s, prefix) => batch(s).addUploadTrigger('Uploads', { prefix }),
  'BatchUploadTriggerOptions.suffixes': (s, suffixes) => batch(s).addUploadTrigger('Uploads', { suffixes }),
  'BatchUploadTriggerOptions.batchingWindow': (s, batchingWindow) =>
    batch(s).addUploadTrigger('Uploads', { batchingWindow }),
  'BatchUploadTriggerOptions.maxItems': (s, maxItems) => batch(s).addUploadTrigger('Uploads', { maxItems }),
  'CodeInterpreterProps.interpreterName': (s, interpreterName) => interpreter(s, { interpreterName }),
  'CodeInterpreterProps.description': (s, description) => interpreter(s, { description }),
  'CodeInterpreterAttributes.codeInterpreterArn': (s, arn) =>
    new CodeInterpreterInvoker(s, 'Invoker', { interpreter: CodeInterpreter.fromCodeInterpreterArn(s, 'I', arn) }),
  'CloudWatchLogsDestinationProps.logGroupName': (s, logGroupName) =>
    interpreter(s, {
      observability: { usageLogs: true, usageLogDestination: LogDestination.cloudWatchLogs({ logGroupName }) },
    }),
  'CodeInterpreterInvokerAttributes.functionArn': (s, functionArn) =>
    CodeInterpreterInvoker.fromCodeInterpreterInvokerAttributes(s, 'Imported', {
      functionArn,
      staging: StagingBucket.create(),
    }).grantInvoke(new iam.Role(s, 'Role', { assumedBy: new iam.AccountRootPrincipal() })),
  'CodeInterpreterInvokerProps.timeout': (s, timeout) => invoker(s, { timeout }),
  'CodeInterpreterInvokerProps.memorySize': (s, memorySize) => invoker(s, { memorySize }),
  'CodeInterpreterInvokerProps.sessionTimeout': (s, sessionTimeout) => invoker(s, { sessionTimeout }),
  'CodeInterpreterInvokerProps.reservedConcurrentExecutions': (s, reservedConcurrentExecutions) =>
    invoker(s, { reservedConcurrentExecutions }),
  'CodeInterpreterStrictVpcProps.s3PrefixListId': (s, s3PrefixListId) =>
    interpreter(s, { network: CodeInterpreterNetwork.strictVpc({ vpc: vpc(s), s3PrefixListId }) }),
  'CodeInterpreterVpcProps.egressCidrs': (s, egressCidrs) =>
    interpreter(s, { network: CodeInterpreterNetwork.vpc({ vpc: vpc(s), egressCidrs }) }),
  'CodeInterpreterAlarmsProps.systemErrors': (s, systemErrors) => alarms(s, { systemErrors }),
  'CodeInterpreterAlarmsProps.throttles': (s, throttles) => alarms(s, { throttles }),
  'CodeInterpreterAlarmsProps.userErrorPercentage': (s, userErrorPercentage) => alarms(s, { userErrorPercentage }),
  'CodeInterpreterAlarmsProps.startLatency': (s, startLatency) => alarms(s, { startLatency }),
  'CodeInterpreterAlarmsProps.sessionQuota': (s, sessionQuota) => alarms(s, { sessionQuota }),
  'CodeInterpreterAlarmsProps.sessionQuotaPercentage': (s, sessionQuotaPercentage) =>
    alarms(s, { sessionQuotaPercentage }),
  'CodeInterpreterAlarmsProps.dailyCost': (s, dailyCost) => alarms(s, { dailyCost }),
  'CodeInterpreterDashboardProps.dashboardName': (s, dashboardName) =>
    new CodeInterpreterDashboard(s, 'Dashboard', { interpreter: interpreter(s), dashboardName }),
  'CodeInterpreterDashboardProps.sessionQuota': (s, sessionQuota) =>
    new CodeInterpreterDashboard(s, 'Dashboard', { interpreter: interpreter(s), sessionQuota }),
  'CodeInterpreterToolProps.targetName': (s, targetName) => tool(s, { targetName }),
  'CodeInterpreterToolProps.toolName': (s, toolName) => tool(s, { toolName }),
  'CodeInterpreterToolProps.sessionTimeout': (s, sessionTimeout) => tool(s, { sessionTimeout }),
  'CodeInterpreterToolProps.timeout': (s, timeout) => tool(s, { timeout }),
  'CodeInterpreterToolProps.memorySize': (s, memorySize) => tool(s, { memorySize }),
  'CodeInterpreterToolProps.reservedConcurrentExecutions': (s, reservedConcurrentExecutions) =>
    tool(s, { reservedConcurrentExecutions }),
  'CodeInterpreterToolAlarmsProps.errors': (s, errors) =>
    new CodeInterpreterToolAlarms(s, 'Alarms', { tool: tool(s), errors }),
  'CodeInterpreterToolAlarmsProps.calls': (s, calls) =>
    new CodeInterpreterToolAlarms(s, 'Alarms', { tool: tool(s), calls }),
  'NewStagingBucketProps.retention': (s, retention) => staged(s, { retention }),
  'NewStagingBucketProps.noncurrentRetention': (s, noncurrentRetention) => staged(s, { noncurrentRetention }),
};

/** Properties that tell synth something, and are in no template. */
const NOT_RENDERED = ['CodeInterpreterImportOptions.networkMode'];

function script(): AnalysisScript {
  return AnalysisScript.fromAsset(join(__dirname, '../fixtures/analyses/count.py'));
}

function imported(stack: Stack, attributes: object) {
  return BatchAnalysis.fromBatchAnalysisAttributes(stack, 'Imported', {
    stateMachineArn: 'arn:aws:states:eu-west-1:111122223333:stateMachine:sales',
    batchName: 'Sales',
    staging: StagingBucket.create(),
    ...attributes,
  });
}

const VALUES: Record<string, Record<string, (stack: Stack) => unknown>> = {
  number: { 'a number': (stack) => parameter(stack, 'Number').valueAsNumber },
  string: { 'a text': (stack) => parameter(stack, 'String').valueAsString },
  'string[]': { 'a text in a list': (stack) => [parameter(stack, 'String').valueAsString] },
  Duration: {
    'in milliseconds': (stack) => Duration.millis(parameter(stack, 'Number').valueAsNumber),
    'in seconds': (stack) => Duration.seconds(parameter(stack, 'Number').valueAsNumber),
    'in minutes': (stack) => Duration.minutes(parameter(stack, 'Number').valueAsNumber),
    'in hours': (stack) => Duration.hours(parameter(stack, 'Number').valueAsNumber),
    'in days': (stack) => Duration.days(parameter(stack, 'Number').valueAsNumber),
  },
};

function parameter(stack: Stack, type: string): CfnParameter {
  return new CfnParameter(stack, 'Value', { type });
}

/** The properties of the structs that lib/constructs exports, with their types, for the types above. */
function publicProperties(): [name: string, type: string][] {
  const exported = new Set(readFileSync(join(CONSTRUCTS, 'index.ts'), 'utf8').match(/\w+/g));
  return readdirSync(CONSTRUCTS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => interfacesIn(join(CONSTRUCTS, file)))
    .filter(({ name }) => exported.has(name.text) && !/^(I[A-Z]|Bound)/.test(name.text))
    .flatMap(({ name, members }) =>
      members.filter(ts.isPropertySignature).map((member): [string, string] => {
        return [`${name.text}.${member.name.getText()}`, member.type?.getText() ?? ''];
      }),
    )
    .filter(([name, type]) => type in VALUES && !NOT_RENDERED.includes(name));
}

function interfacesIn(file: string): ts.InterfaceDeclaration[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  return source.statements.filter(ts.isInterfaceDeclaration);
}

const properties = publicProperties();

test('every number, duration and text of the public API is tried', () => {
  expect(Object.keys(USES).sort()).toEqual(properties.map(([name]) => name).sort());
});

const cases = properties.flatMap(([name, type]) =>
  Object.entries(VALUES[type] ?? {}).map(([form, value]) => ({ name, form, value })),
);

test.each(cases)('$name, $form: goes into the template as it is, or fails by its name', ({ name, value }) => {
  const use = USES[name] as Use;
  const stack = new Stack(new App({ analyticsReporting: false }), 'Stack', { env: ENV });
  let template: string;
  try {
    use(stack, value(stack));
    template = JSON.stringify((stack.node.root as App).synth().getStackByName('Stack').template);
  } catch (error) {
    const [, property = ''] = name.split('.');
    expect(String(error)).toMatch(new RegExp(`\\b${property}\\b`));
    expect(String(error)).not.toMatch(/TypeError|\$\{Token/);
    return;
  }
  // Also where a template holds JSON in a text.
  expect(template.replaceAll('\\', '')).toContain('"Ref":"Value"');
  expect(template).not.toMatch(/\d\.\d+e\+\d+|\$\{Token/);
});
