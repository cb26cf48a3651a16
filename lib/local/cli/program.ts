import { Command } from 'commander';
import { addExecCommand } from '../exec/exec-command';
import type { IsolationRequest } from '../sandbox/isolation';
import { standardError, standardOutput } from '../terminal';
import { addAgentCommand } from './agent-command';
import { confirmUnsandboxed } from './confirm-unsandboxed';
import { addMcpCommand } from './mcp-command';
import { addRunCommand } from './run-command';
import { addServeCommand } from './serve-command';
import { addSweepCommand } from './sweep-command';

/** The command line of `agentcore-local`: each command is in a file of its own, with what it takes. */
export function program(): Command {
  const root = new Command('agentcore-local')
    .description('Runs Amazon Bedrock AgentCore code interpreters, and batch analyses on them, on this machine')
    .showHelpAfterError('(see --help)')
    .configureOutput({ writeOut: (text) => standardOutput.output(text), writeErr: (text) => standardError.text(text) })
    .hook('preAction', async (_root, command) => {
      const { isolation, endpoint, deployed } = command.opts<
        { isolation?: IsolationRequest } & Record<string, unknown>
      >();
      // Elsewhere, code does not run on this machine, or another process has decided.
      if (isolation !== undefined && endpoint === undefined && deployed === undefined) {
        await confirmUnsandboxed(isolation);
      }
    });
  addRunCommand(root);
  addExecCommand(root);
  addServeCommand(root);
  addAgentCommand(root);
  addMcpCommand(root);
  addSweepCommand(root);
  return root;
}
