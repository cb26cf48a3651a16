/**
 * The ids of all warnings of these constructs, to acknowledge them by.
 *
 * @example
 * declare const interpreter: CodeInterpreter;
 * Annotations.of(interpreter).acknowledgeWarning(WarningId.FIXED_NAME, 'replaced by hand, in a maintenance window');
 */
export class WarningId {
  /** An explicit name makes every change of a replacing property fail at deployment. */
  public static readonly FIXED_NAME = 'cdk-agentcore-code-interpreter:fixedName';
  /** Code with internet access can use the grants of the execution role. */
  public static readonly PUBLIC_NETWORK_WITH_GRANTS = 'cdk-agentcore-code-interpreter:publicNetworkWithGrants';
  /** Network interfaces in public subnets get no public address. */
  public static readonly PUBLIC_SUBNETS = 'cdk-agentcore-code-interpreter:publicSubnets';
  /** The trust policy of a given role lets any interpreter of any account take it, through the service. */
  public static readonly ROLE_TRUST_UNCONDITIONAL = 'cdk-agentcore-code-interpreter:roleTrustUnconditional';
  /** The trust policy of an imported role cannot be seen. */
  public static readonly ROLE_TRUST_UNKNOWN = 'cdk-agentcore-code-interpreter:roleTrustUnknown';
  /** The owner of a bucket in another account has to allow the access. */
  public static readonly CROSS_ACCOUNT_STAGING = 'cdk-agentcore-code-interpreter:crossAccountStaging';
  /** The removal of the stack removes inputs and results. */
  public static readonly STAGING_IS_DELETED = 'cdk-agentcore-code-interpreter:stagingIsDeleted';
  /** The policy of an imported key cannot be seen. */
  public static readonly LOG_KEY_POLICY_UNKNOWN = 'cdk-agentcore-code-interpreter:logKeyPolicyUnknown';

  /** CloudFormation does not know code interpreters in the Region of the stack, as far as this version knows. */
  public static readonly REGION_WITHOUT_SERVICE = 'cdk-agentcore-code-interpreter:regionWithoutService';

  private constructor() {}
}
