/**
 * List prices of what a batch uses beside the code interpreter (whose prices are in the contract), in US dollars, for
 * us-east-1, each at its first tier, without free tiers. As in copies of these pages, and of others that quote them, from
 * the beginning of 2026; look them up before you rely on them.
 *
 * @see https://aws.amazon.com/lambda/pricing/
 * @see https://aws.amazon.com/step-functions/pricing/ Standard workflows
 * @see https://aws.amazon.com/s3/pricing/ S3 Standard: PUT, COPY, POST and LIST; GET
 */
export const AWS_PRICES = {
  asOf: '2026-03',
  lambdaRequest: 0.2 / 1_000_000,
  lambdaGbSecond: { arm64: 0.000_013_333_4, x86_64: 0.000_016_666_7 },
  stateTransition: 0.025 / 1_000,
  s3Write: 0.005 / 1_000,
  s3Read: 0.0004 / 1_000,
} as const;
