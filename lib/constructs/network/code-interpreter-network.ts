import * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import type { Construct } from 'constructs';
import type { NetworkMode } from '../../contract/service';
import type { CodeInterpreterEndpoints } from './code-interpreter-endpoints';
import { type CodeInterpreterStrictVpcProps, strictVpcProps } from './strict-vpc-network';
import { bindVpc, type CodeInterpreterVpcProps } from './vpc-network';

/** A network as one interpreter has it. */
export interface BoundNetwork {
  readonly configuration: bedrockagentcore.CodeInterpreterNetworkConfiguration;
  /** The endpoints that the interpreter is to be let through. */
  readonly endpoints?: CodeInterpreterEndpoints;
}

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
   * S3 in the same Region, and nothing else. Treat it as no boundary against the loss of data: any bucket can be reached.
   */
  public static sandbox(): CodeInterpreterNetwork {
    return new FixedNetwork('SANDBOX');
  }

  /** The whole internet. Warns when the execution role has grants. */
  public static publicInternet(): CodeInterpreterNetwork {
    return new FixedNetwork('PUBLIC');
  }

  /** What the subnets of a VPC reach: by default over HTTPS, from private subnets. */
  public static vpc(props: CodeInterpreterVpcProps): CodeInterpreterNetwork {
    return new VpcNetwork(props);
  }

  /**
   * VPC endpoints and nothing else, from isolated subnets. The AWS Config rule
   * `bedrockagentcore-codeinterpreter-networkmode-check` is satisfied by VPC networks alone; this is the narrowest one.
   *
   * @see https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html
   */
  public static strictVpc(props: CodeInterpreterStrictVpcProps): CodeInterpreterNetwork {
    return new StrictVpcNetwork(props);
  }

  /** The service's name for it: `SANDBOX`, `PUBLIC` or `VPC`. */
  public abstract readonly networkMode: string;

  /** @internal */
  public abstract _bind(scope: Construct): BoundNetwork;
}

class FixedNetwork extends CodeInterpreterNetwork {
  constructor(public readonly networkMode: Exclude<NetworkMode, 'VPC'>) {
    super();
  }

  /** @internal */
  public _bind(): BoundNetwork {
    const { CodeInterpreterNetworkConfiguration } = bedrockagentcore;
    const configuration =
      this.networkMode === 'SANDBOX'
        ? CodeInterpreterNetworkConfiguration.usingSandboxNetwork()
        : CodeInterpreterNetworkConfiguration.usingPublicNetwork();
    return { configuration };
  }
}

class VpcNetwork extends CodeInterpreterNetwork {
  public readonly networkMode = 'VPC' satisfies NetworkMode;

  constructor(private readonly props: CodeInterpreterVpcProps) {
    super();
  }

  /** @internal */
  public _bind(scope: Construct): BoundNetwork {
    return { configuration: bindVpc(scope, this.props), endpoints: this.props.endpoints };
  }
}

class StrictVpcNetwork extends CodeInterpreterNetwork {
  public readonly networkMode = 'VPC' satisfies NetworkMode;

  constructor(private readonly props: CodeInterpreterStrictVpcProps) {
    super();
  }

  /** @internal */
  public _bind(scope: Construct): BoundNetwork {
    const props = strictVpcProps(scope, this.props);
    return { configuration: bindVpc(scope, props, this.props.s3PrefixListId), endpoints: props.endpoints };
  }
}
