import type { Command } from 'commander';
import { mcpCommand } from '../mcp/mcp-command';
import { mcpOptions } from '../mcp/mcp-options';

/** Adds `agentcore-local mcp`. */
export function addMcpCommand(root: Command): void {
  const command = root
    .command('mcp')
    .description('serves a code interpreter to agents as an MCP server, over stdio or HTTP')
    .action(mcpCommand);
  for (const option of mcpOptions()) {
    command.addOption(option);
  }
}
