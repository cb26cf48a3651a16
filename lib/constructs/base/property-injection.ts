import { PropertyInjectors } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Applies the nearest property injector that an organisation has registered for a class of this package.
 * The decorator that aws-cdk-lib uses for itself is not among its public exports.
 */
export function injectProps<Props>(uniqueId: string, scope: Construct, id: string, props: Props): Props {
  const injector = scope.node.scopes
    .reverse()
    .filter((node) => PropertyInjectors.hasPropertyInjectors(node))
    .map((node) => PropertyInjectors.of(node).for(uniqueId))
    .find((found) => found !== undefined);
  return injector ? injector.inject(props, { scope, id }) : props;
}
