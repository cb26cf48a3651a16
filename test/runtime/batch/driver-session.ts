import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findDeno } from '../../../lib/local/sandbox/programs';
import { ARCHIVE_PATH, type Driver, driverFor, inputPath } from '../../../lib/runtime/batch/in-session/driver';
import {
  type DriverRecord,
  type DriverSpec,
  driverSpec,
  parseAnswer,
  type SetupSpec,
  setupSpec,
} from '../../../lib/runtime/batch/in-session/driver-protocol';
import { testPython } from '../../local/emulator/support';

const execute = promisify(execFile);

export type DriverLanguage = 'python' | 'typescript';

/** The working directory of a session with a driver in it, whose calls are executed by the language's own interpreter. */
export class DriverSession {
  readonly folder = mkdtempSync(join(tmpdir(), 'driver-test-'));
  readonly driver: Driver;
  readonly script: string;

  constructor(
    readonly language: DriverLanguage,
    source = '',
  ) {
    this.script = language === 'python' ? 'script.py' : 'script.ts';
    this.driver = driverFor({ name: this.script, language, parameters: {} });
    for (const { path, blob } of this.driver.files(Buffer.from(source))) {
      this.write(path, blob);
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  write(path: string, content: string | Uint8Array): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** A spec with these items; each has the same small input. */
  spec(ids: readonly string[], over: Partial<DriverSpec> = {}): DriverSpec {
    const items = ids.map((id) => ({ id, input: 'a.csv', parameters: '{}', inputFile: id, maxPathBytes: 900 }));
    for (const id of ids) {
      this.write(inputPath(id), 'x');
    }
    const limits = { timeoutSeconds: 60, budgetSeconds: 600, largeBytes: 1_000_000, archiveBytes: 1_000_000 };
    return driverSpec.parse({ marker: '#m#', script: this.script, ...limits, items, ...over });
  }

  async run(spec: DriverSpec, before = ''): Promise<DriverRecord[]> {
    return parseAnswer(await this.answer(this.driver.run(spec), before));
  }

  async setUp(spec: SetupSpec, before = ''): Promise<unknown> {
    return JSON.parse(await this.answer(this.driver.setUp(setupSpec.parse(spec)), before));
  }

  /** What an item printed. */
  stdoutOf({ parts }: DriverRecord): string {
    const part = parts.find(({ kind }) => kind === 'stdout');
    const archive = readFileSync(join(this.folder, ARCHIVE_PATH));
    return part ? archive.subarray(part.offset, part.offset + part.bytes).toString('utf8') : '';
  }

  private async answer(code: string, before: string): Promise<string> {
    const { stdout } = await this.execute(`${before}\n${code}`);
    return /^#m#(.*)$/m.exec(stdout)?.[1] ?? 'null';
  }

  async execute(code: string): Promise<{ stdout: string; stderr: string }> {
    if (this.language === 'python') {
      return execute(await testPython(), ['-c', code], { cwd: this.folder });
    }
    const deno = findDeno();
    if (!deno) {
      throw new Error('the tests need the package deno');
    }
    this.write('call.js', code);
    return execute(deno, ['run', '--quiet', '--allow-all', 'call.js'], { cwd: this.folder });
  }
}
