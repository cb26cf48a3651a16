import { EnvironmentName } from '../../contract/environment';
import { Interpreter } from '../session/interpreter';
import { required } from '../settings';
import { ObjectStore } from '../staging/object-store';
import type { InvokerEnvironment } from './invoker';

let environment: InvokerEnvironment | undefined;

/** What the construct has set on this Lambda, made once and kept while it is warm. */
export function invokerEnvironment(): InvokerEnvironment {
  environment ??= {
    interpreter: new Interpreter(required(EnvironmentName.interpreterId)),
    store: new ObjectStore(required(EnvironmentName.stagingBucket)),
    prefix: required(EnvironmentName.stagingPrefix),
    sessionTimeoutSeconds: Number(required(EnvironmentName.sessionTimeoutSeconds)),
  };
  return environment;
}

/** Of Lambda's context, what the handlers use. */
export interface LambdaContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}
