import { Aws } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import {
  DistributedMap,
  type DistributedMapProps,
  FieldUtils,
  JsonPath,
  type QueryLanguage,
  S3JsonLItemReader,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

export interface SessionsMapProps extends DistributedMapProps {
  readonly bucket: IBucket;
  /** Where the state's input has the key of the items. */
  readonly itemsKeyPath: string;
  /** The folder of the Map Run's own results: a JSONPath or an intrinsic function. */
  readonly resultsPrefix: string;
}

/**
 * A Distributed Map that reads its items from, and writes its results into, one bucket.
 *
 * The L2 renders a result writer with a prefix of the run's only behind a feature flag that a consumer's app may or may
 * not have, and its reader and writer allow the whole bucket. So the writer is rendered here, and whoever makes the state
 * machine grants what both need: reading and writing below the batch's runs.
 */
export class SessionsMap extends DistributedMap {
  constructor(
    scope: Construct,
    id: string,
    private readonly map: SessionsMapProps,
  ) {
    const { bucket, itemsKeyPath, resultsPrefix, ...props } = map;
    super(scope, id, { ...props, itemReader: new ItemsReader({ bucket, key: JsonPath.stringAt(itemsKeyPath) }) });
  }

  override toStateJson(queryLanguage?: QueryLanguage): object {
    return {
      ...super.toStateJson(queryLanguage),
      ...FieldUtils.renderObject({
        ResultWriter: {
          Resource: `arn:${Aws.PARTITION}:states:::s3:putObject`,
          Parameters: { Bucket: this.map.bucket.bucketName, Prefix: this.map.resultsPrefix },
        },
      }),
    };
  }
}

class ItemsReader extends S3JsonLItemReader {
  override providePolicyStatements(): PolicyStatement[] {
    return [];
  }
}
