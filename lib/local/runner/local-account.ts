/** The account, Region and credentials that stand in for real ones. No credential of the machine is ever used. */
export const LOCAL_ACCOUNT = { accountId: '000000000000', region: 'us-east-1', partition: 'aws' } as const;

/** Credentials that are valid nowhere. */
export const NOBODY = { region: LOCAL_ACCOUNT.region, accessKeyId: 'LOCAL', secretAccessKey: 'local' } as const;
