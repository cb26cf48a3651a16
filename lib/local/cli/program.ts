import { Command, InvalidArgumentError, Option } from 'commander';
import { execCommand } from '../exec/exec-command';
import { execOptions } from '../exec/exec-options';
import type { IsolationRequest } from '../sandbox/isolation';
import { standardError, standardOutput } from '../terminal';
import { addAgentCommand } from './agent-command';
import { confirmUnsandboxed } from './confirm-unsandboxed';
import { addMcpCommand } from './mcp-command';
import { runCommand } from './run-command';
import { serveCommand } from './serve-command';
import { addSweepCommand } from './sweep-command';

/** The command line of `agentcore-local`. */
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
  const run = root
    .command('run')
    .description('runs a batch analysis of a cloud assembly on local files')
    .argument('[inputs...]', 'files, or folders of files; each file is an item')
    .action(runCommand);
  for (const option of runOptions()) {
    run.addOption(option);
  }
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
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .option(
      '--host-name <name>',
      'a name of this machine that clients use, such as host.docker.internal; may be repeated',
      (name: string, before: readonly string[]) => [...before, name],
      [],
    )
    .option(
      '--no-token',
      'asks clients for no token: every user of this machine can then run code as you (default: a random token, or AGENTCORE_LOCAL_TOKEN)',
    )
    .addOption(isolationOption())
    .option('--python <path>', 'a Python interpreter that has IPython (default: found, or made once)')
    .option('--s3 <url>', 'the S3 that sandboxed sessions may reach (default: one in memory)')
    .option('--pool <number>', 'how many sessions are kept ready', parseNumber, 1)
    .option('--like-the-service', 'quotas and latencies like those of the service', false)
    .option('--log', 'prints every request as a line of JSON', false)
    .action(serveCommand);
  addAgentCommand(root);
  addMcpCommand(root);
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
  return new Option('--isolation <mode>', 'whether code runs in a sandbox: where there is one, always, or never')
    .choices(['auto', 'require', 'off'])
    .default('auto');
}

function runOptions(): Option[] {
  return [
    new Option('--app <folder>', 'the cloud assembly that cdk synth wrote').default('cdk.out'),
    new Option('--batch <name>', 'the batch, if the assembly has several'),
    new Option('--out <folder>', 'where the results go').default('results'),
    new Option('--parameters <json>', 'laid over the parameters of the script').argParser(parseParameters),
    new Option(
      '--object <key=file>',
      'a file for the staging bucket, such as what a set-up takes; may be repeated',
    ).argParser(parseObject),
    new Option('--limit <number>', 'runs only so many items, the first ones').argParser(parseLimit),
    new Option('--fail-fast', 'stops at the first item that fails').default(false),
    new Option(
      '--spreadsheet',
      'writes results.spreadsheet.csv, too: for Excel and the like, without formulas',
    ).default(false),
    new Option('--script <file>', "takes the place of the batch's script, without a new synth"),
    new Option('--resume [run]', 'goes on with a run that was stopped; without an id, with the newest such run'),
    new Option('--watch', 'runs again whenever the script, the inputs or the assembly change').default(false),
    new Option('--open', 'opens the report at the end (default: on a terminal with a display)'),
    new Option('--no-open', 'does not open it'),
    isolationOption(),
    new Option('--python <path>', 'a Python interpreter that has IPython (default: found, or made once)'),
    new Option('--verbose', 'shows what the Lambdas log').default(false),
  ];
}

function parseLimit(text: string): number {
  const limit = parseNumber(text);
  if (limit === 0) {
    throw new InvalidArgumentError('It must be 1 or more.');
  }
  return limit;
}

/** As often as it is given. */
function parseObject(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [, key, file] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (key === undefined || file === undefined) {
    throw new InvalidArgumentError('It must be a key and a file, such as reference/prices.csv=./prices.csv.');
  }
  return { ...before, [key]: file };
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
