import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { NewStagingBucket, type NewStagingBucketProps } from './new-staging-bucket';
import { StagingArea } from './staging-area';

/** Attributes of an existing staging bucket. */
export interface ExistingStagingBucketProps {
  /**
   * Whether the bucket tells EventBridge about new objects already, so that nothing has to be set up for triggers.
   *
   * @default false
   */
  readonly sendsEvents?: boolean;
}

/**
 * The bucket of inputs, outputs and results: a new one, or an existing one.
 *
 * @example
 * new CodeInterpreter(this, 'Interpreter', {
 *   staging: StagingBucket.create({ retention: Duration.days(30) }),
 * });
 */
export abstract class StagingBucket {
  /**
   * A bucket of the interpreter's own: TLS only, no public access, encrypted, versioned, with access logs, kept when the
   * stack is removed.
   */
  public static create(props: NewStagingBucketProps = {}): StagingBucket {
    return new NewStaging(props);
  }

  /** Uses an existing bucket, in the same Region. Only the necessary grants are added. */
  public static fromBucket(bucket: s3.IBucket, props: ExistingStagingBucketProps = {}): StagingBucket {
    return new ExistingStaging(bucket, props);
  }

  /** Makes the staging area, with the id `Staging`, in a scope. */
  public abstract bind(scope: Construct): StagingArea;
}

const STAGING_ID = 'Staging';

class NewStaging extends StagingBucket {
  constructor(private readonly props: NewStagingBucketProps) {
    super();
  }

  public bind(scope: Construct): StagingArea {
    const managed = new NewStagingBucket(scope, 'StagingBucket', this.props);
    return new StagingArea(scope, STAGING_ID, { bucket: managed.bucket, sendsEvents: true });
  }
}

class ExistingStaging extends StagingBucket {
  constructor(
    private readonly bucket: s3.IBucket,
    private readonly props: ExistingStagingBucketProps,
  ) {
    super();
  }

  public bind(scope: Construct): StagingArea {
    return new StagingArea(scope, STAGING_ID, { bucket: this.bucket, sendsEvents: this.props.sendsEvents });
  }
}
