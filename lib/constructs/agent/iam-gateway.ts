import { Stack } from 'aws-cdk-lib';
import * as bedrockagentcore from 'aws-cdk-lib/aws-bedrockagentcore';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

const { MCP_2025_03_26, MCP_2025_06_18 } = bedrockagentcore.MCPProtocolVersion;

/**
 * A Gateway that callers need IAM permissions for. Its role is not the one that aws-cdk-lib makes, which any Gateway of any
 * account could take through the service: this one trusts the Gateways of its own account only.
 */
export function iamGateway(scope: Construct, id: string): bedrockagentcore.Gateway {
  const { partition, region, account } = Stack.of(scope);
  const role = new iam.Role(scope, `${id}Role`, {
    description: 'Lets a Gateway call its code interpreter tool',
    assumedBy: new iam.ServicePrincipal('bedrock-agentcore.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': `arn:${partition}:bedrock-agentcore:${region}:${account}:gateway/*` },
      },
    }),
  });
  return new bedrockagentcore.Gateway(scope, id, {
    description: 'Offers a code interpreter to agents',
    role,
    authorizerConfiguration: bedrockagentcore.GatewayAuthorizer.usingAwsIam(),
    protocolConfiguration: bedrockagentcore.GatewayProtocol.mcp({
      supportedVersions: [MCP_2025_06_18, MCP_2025_03_26],
    }),
  });
}
