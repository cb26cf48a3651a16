/** The account and Region that stand in for real ones. */
export const LOCAL_ACCOUNT = { accountId: '000000000000', region: 'us-east-1', partition: 'aws' } as const;

/** Settings of this machine that a client of the local services must not take up: from the environment, or ~/.aws/config. */
export const LOCAL_CLIENT = {
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  retryMode: 'standard',
  maxAttempts: 3,
} as const;
