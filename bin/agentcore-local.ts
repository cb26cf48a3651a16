import { program } from '../lib/local/cli/program';
import { standardError } from '../lib/local/terminal';
import { version } from '../packages/agentcore-local/package.json';

program()
  .version(version)
  .parseAsync()
  .catch((error: unknown) => {
    standardError.text(`agentcore-local: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  });
