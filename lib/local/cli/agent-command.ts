import type { Command } from 'commander';
import { agentCommand } from '../agent/agent-command';
import { agentOptions } from '../agent/agent-options';

/** Adds `agentcore-local agent`. */
export function addAgentCommand(root: Command): void {
  const command = root
    .command('agent')
    .description('asks an agent that answers questions about data with code: on this machine, or a deployed one')
    .action(agentCommand);
  for (const option of agentOptions()) {
    command.addOption(option);
  }
}
