import type { ContentBlock } from '@aws-sdk/client-bedrock-agentcore';
import type { InputFile } from '../../contract/invoker';
import { filesOf } from '../session/tool-result';
import backend from './in-session/agentcore_figures.py';
import { FOLDER, type SessionAccess } from './transfer';

/** The module's name, also for matplotlib. */
const MODULE = 'agentcore_figures';

/** The figures that a Python script shows or leaves open: in a process of its own, there is no kernel that has them. */
export class Figures {
  /** Below the working directory. */
  private readonly folder: string;

  constructor(run: string) {
    this.folder = `${FOLDER}/figures/${run}`;
  }

  /** What must be in the session before the script runs. */
  get file(): InputFile {
    return { path: `${this.folder}/${MODULE}.py`, text: backend };
  }

  /** What stands before the command that runs the script. Whoever sets MPLBACKEND gets what they have set. */
  assignments(environment: Readonly<Record<string, string>> = {}): string {
    return environment.MPLBACKEND === undefined
      ? `MPLBACKEND=module://${MODULE} PYTHONPATH="$PWD/${this.folder}\${PYTHONPATH:+:$PYTHONPATH}" `
      : '';
  }

  /** The figures as content blocks, in the order in which they were shown. */
  async collect(access: SessionAccess): Promise<ContentBlock[]> {
    const { interpreter, deadline } = access;
    const listed = await interpreter.invokeIdempotent(
      { ...access, tool: 'listFiles', arguments: { directoryPath: this.folder } },
      deadline,
    );
    const names = listed.content.flatMap(({ name = '' }) => (/^[0-9-]+\.png$/.test(name) ? [name] : [])).sort();
    if (listed.isError || names.length === 0) {
      return [];
    }
    const paths = names.map((name) => `${this.folder}/${name}`);
    const read = filesOf(
      await interpreter.invokeIdempotent({ ...access, tool: 'readFiles', arguments: { paths } }, deadline),
    );
    return paths.map((path) => {
      const data = read.get(path);
      return data === undefined
        ? { type: 'text', text: `a figure that was shown could not be read: ${path}` }
        : { type: 'image', mimeType: 'image/png', data };
    });
  }
}
