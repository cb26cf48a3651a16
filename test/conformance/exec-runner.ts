import type { InvokerResponse, ReturnedFile } from '../../lib/contract/invoker';
import { InvokerWorld } from '../support/invoker-world';
import type { CorpusScript } from './corpus';
import { type Outcome, outcomeOf } from './outcome';
import { describeItem, fileName, INPUT } from './script-runner';

/** Runs scripts by the invoker, as `agentcore-local exec` does: each in a session of its own. */
export class ExecRunner {
  private constructor(private readonly world: InvokerWorld) {}

  static async open(): Promise<ExecRunner> {
    return new ExecRunner(await InvokerWorld.open({ isolation: 'require' }));
  }

  close(): Promise<void> {
    return this.world.close();
  }

  async run(script: CorpusScript): Promise<Outcome> {
    const { sessionId, stdout } = await this.world.invoke({
      command: 'mkdir output && pwd',
      files: [
        { path: 'input.csv', text: INPUT },
        { path: 'item.json', text: describeItem() },
      ],
      endSession: false,
    });
    const name = fileName(script);
    const home = stdout.trim();
    const request = {
      sessionId,
      endSession: true,
      script: name,
      files: [{ path: name, base64: script.source.toString('base64') }],
      environment: { NO_COLOR: '1' },
      outputs: ['output/**'],
    };
    const answer = await this.world.invoke(request).catch((error: Error) => error.name);
    if (typeof answer === 'string') {
      return outcomeOf(answer, { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) }, new Map(), []);
    }
    return outcomeOf(answer.exitCode ?? answer.outcome, await this.streams(answer), await this.files(answer), [
      [`${home}/${name}`, `<script>/${name}`],
      [home, '<folder>'],
    ]);
  }

  private async streams({ stdout, stderr, stdoutFile, stderrFile }: InvokerResponse) {
    return {
      stdout: stdoutFile ? await this.world.get(stdoutFile.s3Key) : Buffer.from(stdout),
      stderr: stderrFile ? await this.world.get(stderrFile.s3Key) : Buffer.from(stderr),
    };
  }

  private async files({ files }: InvokerResponse): Promise<Map<string, Buffer>> {
    const returned = files.filter(({ path }) => path !== 'output/**');
    const contents = returned.map(
      async (file) => [file.path.slice('output/'.length), await this.content(file)] as const,
    );
    return new Map(await Promise.all(contents));
  }

  private async content({ text, base64, s3Key, error }: ReturnedFile): Promise<Buffer> {
    if (error !== undefined) {
      return Buffer.from(`error: ${error}`);
    }
    return s3Key === undefined
      ? Buffer.from(text ?? base64 ?? '', base64 === undefined ? 'utf8' : 'base64')
      : this.world.get(s3Key);
  }
}

/** What a shell and an answer in JSON make of a plain outcome: see docs/scripts.md. */
export function asAnswered(plain: Outcome): Outcome {
  const status = typeof plain.status === 'number' && plain.status < 0 ? 128 - plain.status : plain.status;
  return { ...plain, status, stdout: asText(plain.stdout), stderr: asText(plain.stderr) };
}

/** Bytes that are not UTF-8 are replaced, and the last end of line is taken off. */
function asText(bytes: string): string {
  return Buffer.from(Buffer.from(bytes, 'latin1').toString('utf8')).toString('latin1').replace(/\n$/, '');
}
