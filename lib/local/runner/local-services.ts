import { type Emulator, type EmulatorOptions, startEmulator } from '../emulator';
import { randomSecret } from '../listener/access-key';
import { LOCAL_ACCOUNT } from './local-account';
import { type LocalS3, type LocalS3Options, startLocalS3 } from './local-s3';

/** What stands in for the services of AWS: an S3, and an emulator whose sessions reach it. One token opens both. */
export interface LocalServices {
  readonly s3: LocalS3;
  readonly emulator: Emulator;
  /** What the AWS SDKs find in the environment of a Lambda: where the services are, and the credentials for them. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts both, with a token that is random unless the options name one. */
export async function startLocalServices(
  options: EmulatorOptions = {},
  storage: Pick<LocalS3Options, 'onPut' | 'storage' | 'faults'> = {},
): Promise<LocalServices> {
  const token = options.token || randomSecret();
  const s3 = await startLocalS3({ ...storage, token, isOpen: options.token === false });
  try {
    const emulator = await startEmulator({
      ...options,
      token: options.token ?? token,
      s3Endpoint: s3.endpoint,
      s3AccessKey: s3.sessionKey,
    });
    return {
      s3,
      emulator,
      environment: {
        AWS_REGION: LOCAL_ACCOUNT.region,
        AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
        AWS_ENDPOINT_URL_S3: s3.endpoint,
        AWS_ENDPOINT_URL_BEDROCK_AGENTCORE: emulator.endpoint,
      },
      stop: async () => {
        await emulator.stop();
        await s3.stop();
      },
    };
  } catch (error) {
    await s3.stop();
    throw error;
  }
}
