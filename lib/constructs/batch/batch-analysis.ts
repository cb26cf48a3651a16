import { Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { EnvironmentName } from '../../contract/environment';
import { RunLayout, runsPrefix } from '../../contract/layout';
import { BatchWorkflow } from '../../workflow/batch-workflow';
import { injectProps } from '../base/property-injection';
import { AnalysisInput } from '../batch-input/analysis-input';
import type { BatchFacts } from '../batch-input/batch-facts';
import { type BatchEventOptions, type BatchNoticeOptions, BatchNotices } from '../batch-notifications/batch-notices';
import { addSchedule, type BatchScheduleOptions } from '../batch-start/batch-schedule';
import { BatchStarter } from '../batch-start/batch-starter';
import { addUploads, type BatchUploadOptions } from '../batch-start/batch-upload';
import { acknowledgeLogGroupRules, acknowledgeStateMachineRules } from '../compliance/workload-acknowledgements';
import { HandlerLambda, type HandlerLambdaProps } from '../lambda/handler-lambda';
import { stagingOf } from '../model/interpreter-staging';
import type { StagingArea } from '../staging/staging-area';
import { BatchAnalysisBase } from './batch-analysis-base';
import type { BatchAnalysisProps } from './batch-analysis-props';
import { checkCombine } from './batch-combine';
import { BatchPermissions } from './batch-permissions';
import { itemsPerSessionOf, settingsOf } from './batch-settings';
import { BATCH_LIMITS, checkBatch, checkSettings } from './batch-validation';
import { LeftOverSessions } from './left-over-sessions';
import { bindSetup } from './session-setup';

/**
 * Runs a script on each of many objects in S3, in sessions of a code interpreter: a Step Functions workflow that plans the
 * items, works through them in parallel, and leaves results, tables, charts and a report in the staging bucket.
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
  /** The workflow. Start it with `{}`, or with what `docs/batch.md` lists. */
  public readonly stateMachine: sfn.StateMachine;
  /** The batch's name. */
  public readonly batchName: string;
  /** Where inputs and results are. */
  public readonly staging: StagingArea;
  /** The Lambdas, for alarms and metrics of one's own: planner, worker, reporter. */
  public readonly lambdas: lambda.Function[];
  private readonly facts: BatchFacts;
  private starter?: BatchStarter;
  private notices?: BatchNotices;

  constructor(scope: Construct, id: string, properties: BatchAnalysisProps) {
    super(scope, id);
    const props = injectProps(BatchAnalysis.PROPERTY_INJECTION_ID, scope, id, properties);
    this.batchName = props.batchName ?? id;
    checkBatch(this, this.batchName, props);
    if (props.combine) {
      checkCombine(this, props.combine);
    }
    this.staging = stagingOf(this, props.interpreter, props.staging);
    const input = props.input ?? AnalysisInput.fromPrefix('incoming/');
    const script = props.script.bind(this);
    const combine = props.combine?.script.bind(this, 'CombineScript');
    const setup = props.setup && bindSetup(this, props.setup);
    const settings = settingsOf(this.batchName, input, { script, combine, setup: setup?.settings }, props);
    checkSettings(this, settings);
    const logRetention = props.logRetention ?? logs.RetentionDays.THREE_MONTHS;
    const make = (name: string, handler: Omit<HandlerLambdaProps, 'logRetention'>) =>
      new HandlerLambda(this, name, { ...handler, logRetention });
    const environment = {
      [EnvironmentName.batch]: Stack.of(this).toJsonString(settings),
      [EnvironmentName.stagingBucket]: this.staging.bucket.bucketName,
    };
    const planner = make('Planner', {
      handler: 'batch-plan',
      description: `Plans the runs of batch ${this.batchName}`,
      timeout: Duration.minutes(15),
      memorySize: 512,
      ephemeralStorageSize: Size.gibibytes(2),
      environment,
    });
    const worker = make('Worker', {
      handler: 'batch-worker',
      description: `Runs items of batch ${this.batchName} in code interpreter sessions`,
      timeout: BATCH_LIMITS.workerTimeout,
      memorySize: 1024,
      environment: {
        ...environment,
        [EnvironmentName.interpreterId]: props.interpreter.codeInterpreterId,
        [EnvironmentName.scriptBucket]: script.asset.s3BucketName,
        [EnvironmentName.scriptKey]: script.asset.s3ObjectKey,
        [EnvironmentName.combineBucket]: combine?.asset.s3BucketName,
        [EnvironmentName.combineKey]: combine?.asset.s3ObjectKey,
        [EnvironmentName.setupBucket]: setup?.asset?.s3BucketName,
        [EnvironmentName.setupKey]: setup?.asset?.s3ObjectKey,
      },
    });
    const reporter = make('Reporter', {
      handler: 'batch-report',
      description: `Writes the reports of batch ${this.batchName}`,
      timeout: Duration.minutes(15),
      memorySize: 1024,
      ephemeralStorageSize: Size.gibibytes(4),
      environment: { ...environment, [EnvironmentName.interpreterId]: props.interpreter.codeInterpreterId },
    });
    this.lambdas = [planner, worker, reporter];
    const permissions = new BatchPermissions(this.batchName, this.staging, props.interpreter);
    const assets = [script.asset, combine?.asset, setup?.asset].filter((asset) => asset !== undefined);
    permissions.grantPlanner(planner, input.prefix);
    permissions.grantWorker(worker, input.prefix, assets, props.setup?.objects ?? []);
    permissions.grantReporter(reporter, combine !== undefined);
    this.stateMachine = this.makeStateMachine(
      new BatchWorkflow(this, 'Workflow', {
        batchName: this.batchName,
        planner,
        worker,
        reporter,
        bucket: this.staging.bucket,
        maxConcurrency: props.maxConcurrency ?? BATCH_LIMITS.maxConcurrency.default,
        itemsPerSession: itemsPerSessionOf(props),
        combine: combine !== undefined,
      }),
      logRetention,
    );
    permissions.grantMapRun(this.stateMachine);
    this.facts = {
      scope: this,
      batchName: this.batchName,
      input,
      staging: this.staging,
      stateMachine: this.stateMachine,
      logRetention,
    };
    new LeftOverSessions(this.facts, reporter);
  }

  /** Scheduled starts that have failed for good. There is none before the first schedule or trigger. */
  public get startDeadLetterQueue(): sqs.Queue | undefined {
    return this.starter?.deadLetters;
  }

  /** Notices that have failed for good. There is none before the first topic or event bus. */
  public get noticeDeadLetterQueue(): sqs.Queue | undefined {
    return this.notices?.deadLetters;
  }

  /**
   * Starts the batch by itself, such as every night.
   *
   * @example
   * declare const batch: BatchAnalysis;
   * batch.schedule('Nightly', {
   *   schedule: scheduler.ScheduleExpression.cron({ hour: '2', minute: '0', timeZone: TimeZone.EUROPE_ZURICH }),
   *   prefix: 'incoming/{date}/',
   *   lookBack: Duration.days(1),
   * });
   *
   * @param id 1 to 40 of `A-Z a-z 0-9 _ -`: executions are named after it
   */
  public schedule(id: string, options: BatchScheduleOptions): scheduler.Schedule {
    return addSchedule(this.facts, this.starts(), id, options);
  }

  /**
   * Starts the batch for objects that are uploaded: those that come within a minute, together. Returns the queue that they
   * gather in, with its dead-letter queue. The bucket must be of the stack's account.
   *
   * @example
   * declare const batch: BatchAnalysis;
   * batch.onUpload('Uploads', { suffixes: ['.csv'] });
   *
   * @param id 1 to 40 of `A-Z a-z 0-9 _ -`: executions are named after it
   */
  public onUpload(id: string, options: BatchUploadOptions = {}): sqs.Queue {
    return addUploads(this.facts, this.starts(), id, options);
  }

  /** Tells a topic how each execution has ended, with a link to its report. */
  public notify(topic: sns.ITopic, options: BatchNoticeOptions = {}): void {
    this.notices ??= new BatchNotices(this.facts);
    this.notices.addTopic(topic, options);
  }

  /** Sends an event to an event bus for each execution that has ended; `docs/scheduling.md` has their form. */
  public publishEvents(options: BatchEventOptions = {}): void {
    this.notices ??= new BatchNotices(this.facts);
    this.notices.addBus(options);
  }

  /** Allows to start the batch: `states:StartExecution` on its state machine. */
  public grantStart(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  /** Allows to read results and reports. */
  public grantReadResults(grantee: iam.IGrantable): iam.Grant {
    return this.staging.grantRead(grantee, runsPrefix(this.batchName));
  }

  /** The key of a run's report in the staging bucket. */
  public reportKey(runId: string): string {
    return new RunLayout(this.batchName, runId).report;
  }

  private starts(): BatchStarter {
    this.starter ??= new BatchStarter(this.facts);
    return this.starter;
  }

  private makeStateMachine(workflow: BatchWorkflow, retention: logs.RetentionDays): sfn.StateMachine {
    const logGroup = new logs.LogGroup(this, 'Logs', {
      // A name under this prefix needs no entry in the account's resource policies, whose number is limited.
      logGroupName: `/aws/vendedlogs/states/${this.node.addr.slice(-12)}-${this.batchName}`,
      retention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      comment: `Batch analysis ${this.batchName}`,
      definitionBody: sfn.DefinitionBody.fromChainable(workflow),
      tracingEnabled: true,
      // Inputs and outputs of the states name items and hold parameters.
      logs: { level: sfn.LogLevel.ALL, includeExecutionData: false, destination: logGroup },
    });
    acknowledgeLogGroupRules(logGroup);
    acknowledgeStateMachineRules(stateMachine);
    return stateMachine;
  }
}
