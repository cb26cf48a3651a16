import type { Asset } from 'aws-cdk-lib/aws-s3-assets';

/** The files of a batch that are uploaded at deployment. */
export interface BatchAssets {
  readonly script: Asset;
  readonly combine?: Asset;
  readonly setup?: Asset;
}

/** Those that a batch has. */
export function listAssets({ script, combine, setup }: BatchAssets): Asset[] {
  return [script, combine, setup].filter((asset) => asset !== undefined);
}
