import { join } from 'node:path';
import { LOCAL_ACCOUNT } from '../../lib/local/runner/local-account';
import { LocalLambda } from '../../lib/local/runner/local-lambda';

/** The bundle of a handler that would be deployed, with an environment of the test's. */
export function localHandler(
  handler: string,
  environment: Record<string, string>,
  log: (line: string) => void = () => {},
  timeoutSeconds = 60,
): LocalLambda {
  return new LocalLambda(
    {
      name: handler,
      code: join(__dirname, '../../dist/handlers', handler),
      handler: 'index.handler',
      timeoutSeconds,
      memoryMegabytes: 256,
      environment: {
        AWS_REGION: LOCAL_ACCOUNT.region,
        // For stand-ins that take any; a local S3 or an emulator has its own.
        AWS_ACCESS_KEY_ID: 'any',
        AWS_SECRET_ACCESS_KEY: 'any',
        // One call each: a failure that a test asks for is to come at once.
        AWS_MAX_ATTEMPTS: '1',
        ...environment,
      },
    },
    log,
  );
}
