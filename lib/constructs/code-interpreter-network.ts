import * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import type { Construct } from 'constructs';
import { bindVpc, type CodeInterpreterVpcProps } from './vpc-network';

/**
 * What code in a session can reach.
 *
 * @example
 * declare const vpc: ec2.IVpc;
 * new CodeInterpreter(this, 'Interpreter', { network: CodeInterpreterNetwork.vpc({ vpc }) });
 *
 * @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/code-interpreter-resource-session-management.html
 */
export abstract class CodeInterpreterNetwork {
  /**
   * S3 in the same Region, and nothing else. Treat it as no boundary against the loss of data: S3 reaches any bucket.
   */
  public static sandbox(): CodeInterpreterNetwork {
    return new FixedNetwork('SANDBOX');
  }

  /** The whole internet. Warns when the execution role has grants. */
  public static publicInternet(): CodeInterpreterNetwork {
    return new FixedNetwork('PUBLIC');
  }

  /** What the subnets of a VPC reach: by default HTTPS from private subnets. */
  public static vpc(props: CodeInterpreterVpcProps): CodeInterpreterNetwork {
    return new VpcNetwork(props);
  }

  /** The service's name for it: `SANDBOX`, `PUBLIC` or `VPC`. */
  public abstract readonly networkMode: string;

  /** @internal */
  public abstract _bind(scope: Construct): bedrockagentcore.CodeInterpreterNetworkConfiguration;
}

class FixedNetwork extends CodeInterpreterNetwork {
  constructor(public readonly networkMode: 'SANDBOX' | 'PUBLIC') {
    super();
  }

  /** @internal */
  public _bind(): bedrockagentcore.CodeInterpreterNetworkConfiguration {
    return this.networkMode === 'SANDBOX'
      ? bedrockagentcore.CodeInterpreterNetworkConfiguration.usingSandboxNetwork()
      : bedrockagentcore.CodeInterpreterNetworkConfiguration.usingPublicNetwork();
  }
}

class VpcNetwork extends CodeInterpreterNetwork {
  public readonly networkMode = 'VPC';

  constructor(private readonly props: CodeInterpreterVpcProps) {
    super();
  }

  /** @internal */
  public _bind(scope: Construct): bedrockagentcore.CodeInterpreterNetworkConfiguration {
    return bindVpc(scope, this.props);
  }
}
