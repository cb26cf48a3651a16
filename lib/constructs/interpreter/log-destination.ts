import { RemovalPolicy, Stack, Tags, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as firehose from 'aws-cdk-lib/aws-kinesisfirehose';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct, IDependable } from 'constructs';
import { validationError } from '../base/construct-validation';
import { stackScopedLogGroupName } from '../base/stack-scoped-name';
import { acknowledgeLogGroupRules } from '../compliance/workload-acknowledgements';
import { checkLogKey, createLogKey } from '../encryption/log-key';

/** The part of a log group's name that lets AWS services deliver logs to it without a resource policy of its own. */
const VENDED_LOGS = '/aws/vendedlogs/';

/** A log group that receives logs of an interpreter. */
export interface CloudWatchLogsDestinationProps {
  /**
   * The name, which must begin with `/aws/vendedlogs/`: other groups need a resource policy, of which an account has ten.
   *
   * @default - made from the interpreter's path, the kind of the logs, and the stack's id
   */
  readonly logGroupName?: string;
  /**
   * How long logs are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly retention?: logs.RetentionDays;
  /**
   * Encrypts the log group. The key's policy must let CloudWatch Logs use it.
   *
   * @default - a key of its own for application logs, which carry code and output; the service's key for usage logs
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Removal policy of the log group.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** What a destination is for. */
export interface LogDestinationTarget {
  /** The human part of the log group's name: `usage` or `application`. */
  readonly kind: string;
  /** Whether the logs carry code and output, so that they are encrypted with a key in any case. */
  readonly confidential: boolean;
}

/** A destination as CloudFormation knows it. */
export interface BoundLogDestination {
  readonly type: 'CWL' | 'S3' | 'FH';
  readonly arn: string;
  /** What has to be there before logs can be delivered. */
  readonly dependencies: IDependable[];
}

/**
 * Where logs of an interpreter go.
 *
 * @example
 * declare const bucket: s3.IBucket;
 * new CodeInterpreter(this, 'Interpreter', {
 *   observability: { usageLogs: true, usageLogDestination: LogDestination.s3(bucket) },
 * });
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-vended-logs-permissions-V2.html
 */
export abstract class LogDestination {
  /** A new log group. */
  public static cloudWatchLogs(props: CloudWatchLogsDestinationProps = {}): LogDestination {
    return new CloudWatchLogsDestination(props);
  }

  /** A bucket, under `AWSLogs/ACCOUNT/`. The owner of an imported bucket has to allow the delivery. */
  public static s3(bucket: s3.IBucket): LogDestination {
    return new S3Destination(bucket);
  }

  /** A Firehose stream. It is tagged `LogDeliveryEnabled`, which an imported one has to be already. */
  public static firehose(stream: firehose.IDeliveryStream): LogDestination {
    return new FirehoseDestination(stream);
  }

  /** @internal */
  public abstract _bind(scope: Construct, target: LogDestinationTarget): BoundLogDestination;
}

class CloudWatchLogsDestination extends LogDestination {
  constructor(private readonly props: CloudWatchLogsDestinationProps) {
    super();
  }

  /** @internal */
  public _bind(scope: Construct, target: LogDestinationTarget): BoundLogDestination {
    const logGroupName = this.checkedName(scope) ?? stackScopedLogGroupName(scope, 'bedrock-agentcore', target.kind);
    const encryptionKey = this.key(scope, target, logGroupName);
    const group = new logs.LogGroup(scope, 'LogGroup', {
      logGroupName,
      retention: this.props.retention ?? logs.RetentionDays.ONE_MONTH,
      removalPolicy: this.props.removalPolicy ?? RemovalPolicy.RETAIN,
      encryptionKey,
    });
    if (!encryptionKey) {
      acknowledgeLogGroupRules(group);
    }
    return { type: 'CWL', arn: group.logGroupArn, dependencies: [group] };
  }

  private key(scope: Construct, target: LogDestinationTarget, logGroupName: string): kms.IKey | undefined {
    if (this.props.encryptionKey) {
      checkLogKey(scope, this.props.encryptionKey);
      return this.props.encryptionKey;
    }
    return target.confidential ? createLogKey(scope, logGroupName) : undefined;
  }

  private checkedName(scope: Construct): string | undefined {
    const name = this.props.logGroupName;
    if (name !== undefined && !Token.isUnresolved(name) && !/^\/aws\/vendedlogs\/[\w./#-]+$/.test(name)) {
      throw validationError(
        scope,
        'LogGroupNameInvalid',
        `logGroupName must begin with "${VENDED_LOGS}", since other groups need a resource policy, of which an account has ten; got "${name}"`,
      );
    }
    return name;
  }
}

class S3Destination extends LogDestination {
  constructor(private readonly bucket: s3.IBucket) {
    super();
  }

  /** @internal */
  public _bind(scope: Construct): BoundLogDestination {
    const stack = Stack.of(scope);
    const conditions = {
      StringEquals: { 'aws:SourceAccount': stack.account },
      ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'logs', resource: 'delivery-source:*' }) },
    };
    const principals = [new iam.ServicePrincipal('delivery.logs.amazonaws.com')];
    const { policyDependable } = this.bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        principals,
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects(`AWSLogs/${stack.account}/*`)],
        conditions: {
          ...conditions,
          StringEquals: { ...conditions.StringEquals, 's3:x-amz-acl': 'bucket-owner-full-control' },
        },
      }),
    );
    this.bucket.encryptionKey?.addToResourcePolicy(
      new iam.PolicyStatement({ principals, actions: ['kms:GenerateDataKey'], resources: ['*'], conditions }),
    );
    return { type: 'S3', arn: this.bucket.bucketArn, dependencies: policyDependable ? [policyDependable] : [] };
  }
}

class FirehoseDestination extends LogDestination {
  constructor(private readonly stream: firehose.IDeliveryStream) {
    super();
  }

  /** @internal */
  public _bind(): BoundLogDestination {
    Tags.of(this.stream).add('LogDeliveryEnabled', 'true');
    return { type: 'FH', arn: this.stream.deliveryStreamArn, dependencies: [] };
  }
}
