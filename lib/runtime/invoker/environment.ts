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
    prefix: ownPrefix(),
    sessionTimeoutSeconds: Number(required(EnvironmentName.sessionTimeoutSeconds)),
  };
  return environment;
}

/** The prefix in the staging bucket below which the invoker writes. */
export function ownPrefix(): string {
  return required(EnvironmentName.stagingPrefix);
}
