import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { validationError } from '../base/construct-validation';
import { injectProps } from '../base/property-injection';
import type { ICodeInterpreter } from '../model/code-interpreter-base';
import { EndpointPolicies } from './endpoint-policies';

/** A service that can have an endpoint in the VPC. */
export enum CodeInterpreterEndpointService {
  /** The data plane of AgentCore, for callers in the VPC. */
  DATA_PLANE = 'DataPlane',
  /** S3, as a gateway endpoint in the route tables of the subnets. */
  S3 = 'S3',
  /** CloudWatch Logs. */
  LOGS = 'Logs',
  /** The Security Token Service. */
  STS = 'Sts',
  /** Secrets Manager. */
  SECRETS_MANAGER = 'SecretsManager',
}

/** Endpoints of a VPC for code interpreters. */
export interface CodeInterpreterEndpointsProps {
  /** The VPC. An interface endpoint of a service can be in a VPC only once. */
  readonly vpc: ec2.IVpc;
  /**
   * The subnets of interface endpoints, and those whose route tables get the gateway endpoint of S3.
   *
   * @default - all private subnets: isolated ones and those with a way out
   */
  readonly subnets?: ec2.SubnetSelection;
  /**
   * The services.
   *
   * @default [CodeInterpreterEndpointService.DATA_PLANE, CodeInterpreterEndpointService.S3]
   */
  readonly services?: CodeInterpreterEndpointService[];
}

const INTERFACE_SERVICES: Record<string, ec2.InterfaceVpcEndpointAwsService> = {
  [CodeInterpreterEndpointService.DATA_PLANE]: ec2.InterfaceVpcEndpointAwsService.BEDROCK_AGENTCORE,
  [CodeInterpreterEndpointService.LOGS]: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  [CodeInterpreterEndpointService.STS]: ec2.InterfaceVpcEndpointAwsService.STS,
  [CodeInterpreterEndpointService.SECRETS_MANAGER]: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
};

/**
 * VPC endpoints for code interpreters, with endpoint policies: the data plane serves these interpreters only, S3 their
 * staging buckets only, the other services this account only.
 *
 * The gateway endpoint of S3 is in the route tables of the given subnets: whatever else is in these subnets reaches no
 * other bucket through it.
 *
 * @example
 * declare const vpc: ec2.IVpc;
 * const endpoints = new CodeInterpreterEndpoints(this, 'Endpoints', { vpc });
 * new CodeInterpreter(this, 'Interpreter', { network: CodeInterpreterNetwork.vpc({ vpc, endpoints }) });
 *
 * @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/vpc-interface-endpoints.html
 */
export class CodeInterpreterEndpoints extends Construct implements ec2.IConnectable {
  /** Identifies this class to property injectors. */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-agentcore-code-interpreter.CodeInterpreterEndpoints';

  /**
   * The endpoints that interpreters of one stack share in a VPC.
   *
   * @internal
   */
  public static _shared(scope: Construct, vpc: ec2.IVpc, subnets: ec2.SubnetSelection): CodeInterpreterEndpoints {
    const stack = Stack.of(scope);
    const id = `CodeInterpreterEndpoints${vpc.node.addr.slice(-8)}`;
    const existing = stack.node.tryFindChild(id) as CodeInterpreterEndpoints | undefined;
    return existing ?? new CodeInterpreterEndpoints(stack, id, { vpc, subnets });
  }

  /** The security group of the interface endpoints. */
  public readonly connections: ec2.Connections;
  private readonly policies: EndpointPolicies;

  constructor(scope: Construct, id: string, properties: CodeInterpreterEndpointsProps) {
    super(scope, id);
    const props = injectProps(CodeInterpreterEndpoints.PROPERTY_INJECTION_ID, scope, id, properties);
    const services = this.checkedServices(props.services);
    const subnets = props.subnets ?? this.privateSubnets(props.vpc);
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'Interface endpoints for code interpreters',
      allowAllOutbound: false,
    });
    this.connections = new ec2.Connections({ securityGroups: [securityGroup], defaultPort: ec2.Port.tcp(443) });
    this.policies = new EndpointPolicies(this);
    for (const service of services) {
      this.addEndpoint(service, props.vpc, subnets, securityGroup);
    }
  }

  /** Lets an interpreter use the endpoints. `CodeInterpreterNetwork` does this for the interpreters it is for. */
  public allow(interpreter: ICodeInterpreter): void {
    this.policies.allow(interpreter);
    interpreter.connections.allowTo(this, ec2.Port.tcp(443), 'HTTPS to VPC endpoints');
  }

  private addEndpoint(
    service: CodeInterpreterEndpointService,
    vpc: ec2.IVpc,
    subnets: ec2.SubnetSelection,
    securityGroup: ec2.ISecurityGroup,
  ): void {
    const interfaceService = INTERFACE_SERVICES[service];
    const endpoint = interfaceService
      ? new ec2.InterfaceVpcEndpoint(this, service, {
          vpc,
          subnets,
          service: interfaceService,
          securityGroups: [securityGroup],
          open: false,
        })
      : this.s3Endpoint(vpc, subnets);
    this.policies.add(service, (statement: iam.PolicyStatement) => endpoint.addToPolicy(statement));
  }

  private s3Endpoint(vpc: ec2.IVpc, subnets: ec2.SubnetSelection): ec2.GatewayVpcEndpoint {
    const unknown = vpc.selectSubnets(subnets).subnets.find((subnet) => subnet.routeTable?.routeTableId === undefined);
    if (unknown) {
      throw validationError(
        this,
        'SubnetWithoutRouteTable',
        `a gateway endpoint needs the route tables of its subnets; got ${unknown.node.path} without one: import the VPC with ` +
          'privateSubnetRouteTableIds, or leave CodeInterpreterEndpointService.S3 out',
      );
    }
    return new ec2.GatewayVpcEndpoint(this, CodeInterpreterEndpointService.S3, {
      vpc,
      subnets: [subnets],
      service: ec2.GatewayVpcEndpointAwsService.S3,
    });
  }

  private checkedServices(services: CodeInterpreterEndpointService[] | undefined): CodeInterpreterEndpointService[] {
    const chosen = services ?? [CodeInterpreterEndpointService.DATA_PLANE, CodeInterpreterEndpointService.S3];
    if (chosen.length === 0 || new Set(chosen).size !== chosen.length) {
      throw validationError(
        this,
        'EndpointServicesInvalid',
        `services must name at least one service, and none twice; got [${chosen.join(', ')}]`,
      );
    }
    return chosen;
  }

  private privateSubnets(vpc: ec2.IVpc): ec2.SubnetSelection {
    const subnets = [...vpc.privateSubnets, ...vpc.isolatedSubnets];
    if (subnets.length === 0) {
      throw validationError(
        this,
        'EndpointsWithoutPrivateSubnets',
        `the VPC ${vpc.node.path} must have private or isolated subnets; got ${vpc.publicSubnets.length} public ones only`,
      );
    }
    return { subnets };
  }
}
