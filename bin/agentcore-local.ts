import { program } from '../lib/local/cli/program';
import { version } from '../packages/agentcore-local/package.json';

program()
  .version(version)
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`agentcore-local: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  });
