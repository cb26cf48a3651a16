import { Command, InvalidArgumentError, Option } from 'commander';
import { execCommand } from '../exec/exec-command';
import { execOptions } from '../exec/exec-options';
import { runCommand } from './run-command';
import { serveCommand } from './serve-command';
import { addSweepCommand } from './sweep-command';

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
  const exec = root
    .command('exec')
    .description('runs a script or a command in a session, as the invoker does, and brings its files back')
    .argument('[script]', 'a script in Python, JavaScript or TypeScript')
    .action(execCommand);
  for (const option of execOptions()) {
    exec.addOption(option);
  }
  root
    .command('serve')
    .description('serves the emulator of the code interpreter service, for any AWS SDK or agent framework')
    .option('--port <number>', 'the port to listen on; 0 takes a free one', parseNumber, 8787)
    .option(
      '--host <address>',
      'the address to listen on; any other than a loopback address needs --token',
      '127.0.0.1',
    )
    .option('--token <text>', 'what clients must show as their access key id')
    .addOption(isolationOption())
    .option('--python <path>', 'a Python interpreter that has IPython (default: found, or made once)')
    .option('--s3 <url>', 'the S3 that sandboxed sessions may reach (default: one in memory)')
    .option('--pool <number>', 'how many sessions are kept ready', parseNumber, 1)
    .option('--like-the-service', 'quotas and latencies like those of the service', false)
    .option('--log', 'prints every request as a line of JSON', false)
    .action(serveCommand);
  addSweepCommand(root);
  return root;
}

function parseNumber(text: string): number {
  if (!/^\d+$/.test(text)) {
    throw new InvalidArgumentError('It must be a whole number.');
  }
  return Number(text);
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
