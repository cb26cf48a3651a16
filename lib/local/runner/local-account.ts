/** The account, Region and credentials that stand in for real ones. No credential of the machine is ever used. */
export const LOCAL_ACCOUNT = { accountId: '000000000000', region: 'us-east-1', partition: 'aws' } as const;

/** Settings of this machine that a client of the local services must not take up: from the environment, or ~/.aws/config. */
export const LOCAL_CLIENT = {
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  retryMode: 'standard',
  maxAttempts: 3,
} as const;

/** Credentials that are valid nowhere. */
export const NOBODY = { region: LOCAL_ACCOUNT.region, accessKeyId: 'LOCAL', secretAccessKey: 'local' } as const;
