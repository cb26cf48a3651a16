import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EnvironmentName } from '../../contract/environment';
import { validationError } from '../base/construct-validation';
import { checkLogKey } from '../encryption/log-key';
import type { LambdaOptions } from './lambda-options';

const VARIABLE_NAME = /^[A-Za-z]\w*$/;
/**
 * Names that Lambda sets itself. Others that begin with `AWS_`, such as `AWS_USE_FIPS_ENDPOINT`, are settings of the SDK.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
const RESERVED =
  /^(AWS_(REGION|DEFAULT_REGION|ACCESS_KEY(_ID)?|SECRET_ACCESS_KEY|SESSION_TOKEN|EXECUTION_ENV|LAMBDA_(FUNCTION|LOG|RUNTIME|INITIALIZATION)_\w+)|LAMBDA_(TASK_ROOT|RUNTIME_DIR))$/;

/** Throws for the first option that cannot work. */
export function checkLambdaOptions(scope: Construct, options: LambdaOptions): void {
  checkEnvironment(scope, options.environment ?? {});
  for (const field of ['vpcSubnets', 'securityGroups'] as const) {
    if (options[field] !== undefined && options.vpc === undefined) {
      throw validationError(scope, 'LambdaVpc', `${field} needs vpc, the VPC that they belong to`);
    }
  }
  if (options.securityGroups?.length === 0) {
    throw validationError(scope, 'LambdaVpc', 'securityGroups must have at least one security group; got none');
  }
  if (options.logEncryptionKey) {
    checkLogKey(scope, options.logEncryptionKey, 'logEncryptionKey');
  }
}

function checkEnvironment(scope: Construct, environment: { readonly [name: string]: string }): void {
  const own: readonly string[] = Object.values(EnvironmentName);
  const names = Object.keys(environment);
  const taken = names.filter((name) => own.includes(name) || RESERVED.test(name));
  if (taken.length > 0) {
    const problem = `environment must not set what the construct or Lambda sets itself; got ${taken.join(', ')}`;
    throw validationError(scope, 'LambdaEnvironment', problem);
  }
  const wrong = names.find((name) => Token.isUnresolved(name) || !VARIABLE_NAME.test(name));
  if (wrong !== undefined) {
    throw validationError(
      scope,
      'LambdaEnvironment',
      `a name in environment must be a letter, then letters, digits and underscores; got "${wrong}"`,
    );
  }
}
