import { Command, InvalidArgumentError, Option } from 'commander';
import { runCommand } from './run-command';

/** The command line of `agentcore-local`. */
export function program(): Command {
  const root = new Command('agentcore-local')
    .description('Runs Amazon Bedrock AgentCore code interpreters, and batch analyses on them, on this machine')
    .showHelpAfterError('(see --help)');
  root
    .command('run')
    .description('runs a batch analysis of a cloud assembly on local files')
    .argument('<inputs...>', 'files, or folders of files; each file is an item')
    .option('--app <folder>', 'the cloud assembly that cdk synth wrote', 'cdk.out')
    .option('--batch <name>', 'the batch, if the assembly has several')
    .option('--out <folder>', 'where the results go', 'results')
    .option('--parameters <json>', 'laid over the parameters of the script', parseParameters)
    .addOption(isolationOption())
    .option('--python <path>', 'a Python interpreter that has IPython (default: found, or made once)')
    .option('--verbose', 'shows what the Lambdas log', false)
    .action(runCommand);
  return root;
}

function isolationOption(): Option {
  return new Option('--isolation <mode>', 'whether code is fenced in by bubblewrap')
    .choices(['auto', 'require', 'off'])
    .default('auto');
}

function parseParameters(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // The message below says what would be right.
  }
  throw new InvalidArgumentError('It must be a JSON object, such as {"currency": "EUR"}.');
}
