import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ANSWER_PATH,
  ARCHIVE_PATH,
  type Driver,
  driverFor,
  inputPath,
  SPEC_PATH,
} from '../../lib/runtime/batch/in-session/driver';
import {
  answerIn,
  type DriverRecord,
  type DriverSpec,
  parseAnswer,
} from '../../lib/runtime/batch/in-session/driver-protocol';
import type { TestClient } from '../local/emulator/support';
import type { CorpusScript } from './corpus';
import { type Outcome, outcomeOf, type Places } from './outcome';

const ITEM = '000001-input.csv';
export const INPUT = 'a,b\n1,2\n';
const PARAMETERS = '{"currency": "EUR", "account": 9007199254740993, "pi": 3.14159265358979323846}';
const PLAIN = readFileSync(join(__dirname, 'plain.py'));
const TIMEOUT_SECONDS = 60;
const PLAIN_LIST = 'plain-list.json';

/** The ways in which a script is run; the plain interpreter is what they are measured by. */
export const WAYS = ['group', 'background', 'exec'] as const;
export type Way = (typeof WAYS)[number];

interface PlainAnswer {
  readonly name: string;
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
  readonly files: Record<string, string>;
}

/** Runs scripts in a session, plainly or as items. */
export class ScriptRunner {
  #sessionId: string | undefined;
  #home = '';

  constructor(private readonly client: TestClient) {}

  async close(): Promise<void> {
    if (this.#sessionId !== undefined) {
      await this.client.stop(this.#sessionId).catch(() => undefined);
      this.#sessionId = undefined;
    }
  }

  /** With the plain interpreter, in a process of its own. */
  async plain(script: CorpusScript): Promise<Outcome> {
    const session = await this.#session();
    const path = `plain-script/${fileName(script)}`;
    const deno = ['deno', 'run', '--quiet', '--no-prompt', '--allow-all', '--no-config'];
    const run = {
      name: script.name,
      path,
      source: script.source.toString('utf8'),
      command: [...(script.language === 'python' ? ['python3'] : deno), `${this.#home}/${path}`],
      environment: { NO_COLOR: '1' },
      input: INPUT,
      item: describeItem(),
    };
    await this.#write({ 'plain.py': PLAIN, [PLAIN_LIST]: Buffer.from(JSON.stringify([run])) });
    const { structuredContent } = await this.client.command(session, `python3 plain.py ${PLAIN_LIST}`);
    const { stdout = '', stderr = '' } = structuredContent ?? {};
    if (!stdout.startsWith('{')) {
      throw new Error(`${script.name} cannot be run plainly: ${stderr}`);
    }
    const answer = JSON.parse(stdout) as PlainAnswer;
    const files = new Map(Object.entries(answer.files).map(([name, content]) => [name, decoded(content)]));
    const streams = { stdout: decoded(answer.stdout), stderr: decoded(answer.stderr) };
    const status =
      script.language === 'typescript' && Number(answer.status) < 0 ? 128 - Number(answer.status) : answer.status;
    return outcomeOf(status, streams, files, this.#places('plain-script', 'plain-work'));
  }

  /** As an item, as the batch's worker has its driver do it. */
  async item(script: CorpusScript, way: Exclude<Way, 'exec'>): Promise<{ outcome: Outcome; record: DriverRecord }> {
    const session = await this.#session();
    const name = fileName(script);
    const driver = driverFor({ name, language: script.language, parameters: {} });
    const spec = specOf(name);
    const files = driver.files(script.source).map(({ path, blob }) => [path, blob] as const);
    await this.#write({ ...Object.fromEntries(files), [inputPath(ITEM)]: Buffer.from(INPUT) });
    const answer =
      way === 'group' ? await this.#inGroup(session, driver, spec) : await this.#inBackground(session, driver, spec);
    const [record] = parseAnswer(answer);
    if (record === undefined) {
      throw new Error(`${script.name} has no record`);
    }
    const archive = await this.#read(ARCHIVE_PATH);
    const content = ({ offset, bytes }: { offset: number; bytes: number }) => archive.subarray(offset, offset + bytes);
    const stream = (kind: 'stdout' | 'stderr') => {
      const part = record.parts.find((candidate) => candidate.kind === kind);
      return part ? content(part) : Buffer.alloc(0);
    };
    const kept = record.parts.flatMap((part) => (part.kind === 'file' ? [[part.path, content(part)] as const] : []));
    const outcome = outcomeOf(
      record.exitCode ?? record.error?.name ?? 'no exit code',
      { stdout: stream('stdout'), stderr: stream('stderr') },
      new Map(kept),
      this.#places('.analysis/script', 'work'),
    );
    return { outcome, record };
  }

  async #inGroup(session: string, driver: Driver, spec: DriverSpec): Promise<string> {
    const { structuredContent } = await this.client.call(session, 'executeCode', {
      code: driver.run(spec),
      language: driver.language,
    });
    const { stdout = '', stderr = '' } = structuredContent ?? {};
    return answerIn({ stdout, stderr } as Parameters<typeof answerIn>[0], spec.marker);
  }

  async #inBackground(session: string, driver: Driver, spec: DriverSpec): Promise<string> {
    await this.#write({ [SPEC_PATH]: Buffer.from(JSON.stringify(spec)) });
    const program = driver.language === 'python' ? 'python3' : 'deno';
    await this.client.command(session, driver.background(program));
    return (await this.#read(ANSWER_PATH)).toString('utf8');
  }

  #places(scripts: string, work: string): Places {
    return [
      [`${this.#home}/${scripts}`, '<script>'],
      [`${this.#home}/${work}/${ITEM}`, '<folder>'],
    ];
  }

  async #session(): Promise<string> {
    if (this.#sessionId === undefined) {
      this.#sessionId = await this.client.start({ sessionTimeoutSeconds: 3600 });
      const { structuredContent } = await this.client.command(this.#sessionId, 'pwd');
      this.#home = structuredContent?.stdout?.trim() ?? '';
    }
    return this.#sessionId;
  }

  async #write(files: Record<string, Uint8Array>): Promise<void> {
    const content = Object.entries(files).map(([path, blob]) => ({ path, blob }));
    const { isError } = await this.client.call(await this.#session(), 'writeFiles', { content });
    if (isError) {
      throw new Error(`${Object.keys(files).join(', ')} cannot be written`);
    }
  }

  async #read(path: string): Promise<Buffer> {
    const { content } = await this.client.call(await this.#session(), 'readFiles', { paths: [path] });
    const { text, blob } = content?.[0]?.resource ?? {};
    return blob === undefined ? Buffer.from(text ?? '') : Buffer.from(blob);
  }
}

function specOf(script: string): DriverSpec {
  return {
    marker: `#${randomUUID()}#`,
    script,
    timeoutSeconds: TIMEOUT_SECONDS,
    budgetSeconds: 600,
    largeBytes: 16_000_000,
    archiveBytes: 48_000_000,
    items: [{ id: ITEM, input: 'input.csv', parameters: PARAMETERS, inputFile: ITEM, maxPathBytes: 950 }],
  };
}

export function describeItem(): string {
  return `{\n  "id": "${ITEM}",\n  "input": "input.csv",\n  "parameters": ${PARAMETERS},\n  "output": "output"\n}`;
}

export function fileName({ name }: CorpusScript): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

function decoded(content: string): Buffer {
  return Buffer.from(content, 'base64');
}
