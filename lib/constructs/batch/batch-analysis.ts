import { RemovalPolicy } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { BatchSettings } from '../../contract/batch';
import { INCOMING_PREFIX } from '../../contract/layout';
import { BatchWorkflow } from '../../workflow/batch-workflow';
import { injectProps } from '../base/property-injection';
import { stackScopedLogGroupName } from '../base/stack-scoped-name';
import { checkStackSize } from '../base/stack-size';
import { AnalysisInput } from '../batch-input/analysis-input';
import type { BatchContext } from '../batch-input/batch-context';
import { checkHosting } from '../batch-input/batch-hosting';
import { acknowledgeLogGroupRules, acknowledgeStateMachineRules } from '../compliance/workload-acknowledgements';
import { DEFAULT_LOG_RETENTION } from '../lambda/handler-lambda';
import { referenceInterpreter } from '../model/interpreter-reference';
import { stagingOf } from '../model/interpreter-staging';
import type { StagingArea } from '../staging/staging-area';
import { BatchAnalysisBase } from './batch-analysis-base';
import type { BatchAnalysisProps } from './batch-analysis-props';
import type { IBatchAnalysis } from './batch-analysis-ref';
import { type BatchAssets, listAssets } from './batch-assets';
import { BatchLambdas } from './batch-lambdas';
import { claimBatchName } from './batch-name';
import { BatchPermissions } from './batch-permissions';
import { type BoundParts, itemsPerSession, toBatchSettings } from './batch-settings';
import { BATCH_LIMITS, checkBatch, checkSettings } from './batch-validation';
import { type BatchAnalysisAttributes, ImportedBatchAnalysis } from './imported-batch-analysis';
import { OrphanedSessions } from './orphaned-sessions';
import { bindSetup } from './session-setup';

/**
 * Runs a script on each of many objects in S3, in sessions of a code interpreter: a Step Functions workflow that plans the
 * items, processes them in parallel, and leaves results, tables, charts and a report in the staging bucket.
 *
 * @example
 * declare const interpreter: CodeInterpreter;
 * new BatchAnalysis(this, 'Sales', {
 *   interpreter,
 *   script: AnalysisScript.fromAsset('analyses/sales.py', { parameters: { currency: 'EUR' } }),
 *   input: AnalysisInput.fromPrefix('incoming/', { suffixes: ['.csv'] }),
 * });
 */
export class BatchAnalysis extends BatchAnalysisBase {
  /** Identifies this class to property injectors. */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-agentcore-code-interpreter.BatchAnalysis';

  /**
   * Imports a batch of another stack or app: for grants, metrics, alarms and tables, and to add schedules, upload triggers
   * and notifications to it.
   */
  public static fromBatchAnalysisAttributes(
    scope: Construct,
    id: string,
    attributes: BatchAnalysisAttributes,
  ): IBatchAnalysis {
    return new ImportedBatchAnalysis(scope, id, attributes);
  }

  /** The workflow. Start it with `{}`, or with the fields that `docs/batch.md` lists. */
  public readonly stateMachine: sfn.IStateMachine;
  /** The name of the batch. */
  public readonly batchName: string;
  /** The bucket of inputs and results. */
  public readonly staging: StagingArea;
  /** The Lambda that lists the items of a run. */
  public readonly planner: lambda.Function;
  /** The Lambda that runs items in sessions. */
  public readonly worker: lambda.Function;
  /** The Lambda that gathers results and writes reports. */
  public readonly reporter: lambda.Function;
  /** @internal */
  protected readonly _context: BatchContext;

  constructor(scope: Construct, id: string, properties: BatchAnalysisProps) {
    super(scope, id);
    const props = injectProps(BatchAnalysis.PROPERTY_INJECTION_ID, scope, id, properties);
    checkStackSize(this);
    const input = props.input ?? AnalysisInput.fromPrefix(INCOMING_PREFIX);
    this.batchName = props.batchName ?? id;
    checkBatch(this, this.batchName, props);
    checkHosting(this, props, props.maxConcurrency ?? BATCH_LIMITS.maxConcurrency.default);
    const interpreter = referenceInterpreter(this, props.interpreter);
    this.staging = stagingOf(this, props.interpreter, props.staging);
    claimBatchName(this, this.batchName, this.staging.bucket);

    const { assets, settings } = this.bindParts(input, props);
    const lambdas = new BatchLambdas(this, {
      settings,
      staging: this.staging,
      interpreter,
      assets,
      hosting: props,
    });
    this.planner = lambdas.planner;
    this.worker = lambdas.worker;
    this.reporter = lambdas.reporter;
    this.stateMachine = this.createStateMachine(props);
    this.grantPermissions(new BatchPermissions(this.batchName, this.staging, interpreter), { input, assets, props });
    this._context = {
      scope: this,
      batchName: this.batchName,
      input,
      staging: this.staging,
      stateMachine: this.stateMachine,
      hosting: props,
    };
    new OrphanedSessions(this._context, this.reporter);
  }

  private bindParts(input: AnalysisInput, props: BatchAnalysisProps): { assets: BatchAssets; settings: BatchSettings } {
    const script = props.script.bind(this);
    const combine = props.combine?.script.bind(this, 'CombineScript');
    const setup = props.setup && bindSetup(this, props.setup);
    const parts: BoundParts = { script, combine, setup: setup?.settings };
    const settings = toBatchSettings(this.batchName, input, parts, props);
    checkSettings(this, settings, props.environment);
    return { assets: { script: script.asset, combine: combine?.asset, setup: setup?.asset }, settings };
  }

  private createStateMachine(props: BatchAnalysisProps): sfn.StateMachine {
    const logGroup = new logs.LogGroup(this, 'Logs', {
      // A name under this prefix needs no entry in the account's resource policies, whose number is limited.
      logGroupName: stackScopedLogGroupName(this, 'states', this.batchName),
      retention: props.logRetention ?? DEFAULT_LOG_RETENTION,
      encryptionKey: props.logEncryptionKey,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      comment: `Batch analysis ${this.batchName}`,
      definitionBody: sfn.DefinitionBody.fromChainable(this.createWorkflow(props)),
      role: props.roles?.stateMachine,
      tracingEnabled: props.tracing !== lambda.Tracing.DISABLED,
      // Inputs and outputs of the states name items and hold parameters.
      logs: { level: sfn.LogLevel.ALL, includeExecutionData: false, destination: logGroup },
    });
    if (!props.logEncryptionKey) {
      acknowledgeLogGroupRules(logGroup);
    }
    acknowledgeStateMachineRules(stateMachine);
    return stateMachine;
  }

  private createWorkflow(props: BatchAnalysisProps): BatchWorkflow {
    return new BatchWorkflow(this, 'Workflow', {
      batchName: this.batchName,
      planner: this.planner,
      worker: this.worker,
      reporter: this.reporter,
      bucket: this.staging.bucket,
      maxConcurrency: props.maxConcurrency ?? BATCH_LIMITS.maxConcurrency.default,
      itemsPerSession: itemsPerSession(props),
      combine: props.combine !== undefined,
    });
  }

  private grantPermissions(
    permissions: BatchPermissions,
    { input, assets, props }: { input: AnalysisInput; assets: BatchAssets; props: BatchAnalysisProps },
  ): void {
    permissions.grantPlanner(this.planner, input.prefix);
    permissions.grantWorker(this.worker, input.prefix, listAssets(assets), props.setup?.objects ?? []);
    permissions.grantReporter(this.reporter, props.combine !== undefined);
    permissions.grantMapRun(this.stateMachine);
  }
}
