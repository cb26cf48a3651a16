import { Command } from 'commander';
import { addExecCommand } from '../exec/exec-command';
import { standardError, standardOutput } from '../terminal';
import { addRunCommand } from './run-command';
import { addServeCommand } from './serve-command';
import { addSweepCommand } from './sweep-command';

/** The command line of `agentcore-local`: each command is in a file of its own, with what it takes. */
export function program(): Command {
  const root = new Command('agentcore-local')
    .description('Runs Amazon Bedrock AgentCore code interpreters, and batch analyses on them, on this machine')
    .showHelpAfterError('(see --help)')
    .configureOutput({ writeOut: (text) => standardOutput.output(text), writeErr: (text) => standardError.text(text) });
  addRunCommand(root);
  addExecCommand(root);
  addServeCommand(root);
  addSweepCommand(root);
  return root;
}
