import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { InvokerRequest, InvokerResponse, ReturnedFile, StagedObject } from '../../contract/invoker';
import { interruptible } from '../cli/interruptible';
import type { Lifetime } from '../lifetime';
import { PYTHON_FOLDER } from '../local-folder';
import { ensurePythonEnvironment } from '../sandbox/python-environment';
import { standardError, standardOutput } from '../terminal';
import { type ExecOptions, execOptions } from './exec-options';
import { EVERYTHING, languageOf, requestOf } from './exec-request';
import { deployedTarget, type ExecTarget, localTarget } from './exec-target';
import { shownPictures } from './shown-pictures';

export function addExecCommand(root: Command): void {
  const command = root
    .command('exec')
    .description('runs a script or a command in a session, as the invoker does, and brings its files back')
    .argument('[script]', 'a script in Python, JavaScript or TypeScript')
    .action(interruptible(execCommand));
  for (const option of execOptions()) {
    command.addOption(option);
  }
}

/**
 * Runs a script or a command in a session, prints what it prints, and brings its files back. The exit code is the code's
 * own; 124 where it took too long, and 1 for an error, or for a file that did not come back.
 */
async function execCommand(lifetime: Lifetime, script: string | undefined, options: ExecOptions): Promise<void> {
  let opened: Promise<ExecTarget> | undefined;
  const target = () => {
    opened ??= lifetime.start(
      () => openTarget(script, options, lifetime.signal),
      (started) => started.close(),
    );
    return opened;
  };
  // What is wrong with the command line is found before anything is started for it.
  const request = await requestOf(script, options, async (path, name) => (await target()).upload(path, name));
  await lifetime.race(execute(await target(), request, options));
}

async function openTarget(script: string | undefined, options: ExecOptions, signal: AbortSignal): Promise<ExecTarget> {
  return options.deployed === undefined
    ? localTarget(options, await pythonFor(script, options, signal))
    : deployedTarget(options.deployed, options.bucket);
}

async function execute(target: ExecTarget, request: InvokerRequest, options: ExecOptions): Promise<void> {
  const answer = await whole(target, await target.invoke(request));
  const asked = options.output.length > 0 ? answer.files : newFiles(request, answer);
  const files = [...asked, ...shownPictures(answer)];
  await Promise.all(files.map((file) => save(target, options.out, file)));
  await show(target, { ...answer, files }, options);
  process.exitCode = exitCodeOf(answer) || (files.some(({ error }) => error !== undefined) ? 1 : 0);
}

/** With the pattern for everything, what went in comes back too; and that there is nothing is no error. */
function newFiles({ files = [] }: InvokerRequest, answer: InvokerResponse): readonly ReturnedFile[] {
  const known = new Set([...files.map(({ path }) => path), 'parameters.json', EVERYTHING]);
  return answer.files.filter(({ path }) => !known.has(path));
}

function exitCodeOf({ outcome, exitCode }: InvokerResponse): number {
  if (outcome === 'timedOut') {
    return 124;
  }
  return exitCode ?? (outcome === 'failed' ? 1 : 0);
}

/** Code in JavaScript or TypeScript needs no Python. */
async function pythonFor(
  script: string | undefined,
  options: ExecOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (options.python !== undefined || options.endpoint !== undefined) {
    return options.python;
  }
  if (script === undefined || languageOf(script, options) !== 'python') {
    return undefined;
  }
  const onProgress = (line: string) => standardError.lines(line);
  const environment = await ensurePythonEnvironment({ folder: PYTHON_FOLDER, onProgress, signal });
  if ('reason' in environment) {
    throw new Error(`${script} needs Python: ${environment.reason}`);
  }
  return environment.python;
}

/** The answer itself, where it was too large to be one. */
async function whole(target: ExecTarget, answer: InvokerResponse): Promise<InvokerResponse> {
  return answer.whole ? JSON.parse(await read(target, answer.whole)) : answer;
}

async function save(target: ExecTarget, folder: string, file: ReturnedFile): Promise<void> {
  if (file.error !== undefined) {
    return;
  }
  const path = join(folder, ...file.path.split('/'));
  await mkdir(dirname(path), { recursive: true });
  if (file.bucket !== undefined && file.s3Key !== undefined) {
    await pipeline(await target.download(file.bucket, file.s3Key), createWriteStream(path));
  } else {
    await writeFile(path, file.text ?? Buffer.from(file.base64 ?? '', 'base64'));
  }
}

async function show(target: ExecTarget, answer: InvokerResponse, options: ExecOptions): Promise<void> {
  if (options.json) {
    standardOutput.output(`${JSON.stringify(answer, null, 2)}\n`);
    return;
  }
  const stdout = answer.stdoutFile ? await read(target, answer.stdoutFile) : answer.stdout;
  const stderr = answer.stderrFile ? await read(target, answer.stderrFile) : answer.stderr;
  standardOutput.output(ended(stdout));
  standardError.output(ended(stderr));
  for (const { path, bytes, error } of answer.files) {
    standardError.lines(error ? `${path}: ${error}` : `${join(options.out, path)}: ${bytes} bytes`);
  }
}

function ended(output: string): string {
  return output === '' || output.endsWith('\n') ? output : `${output}\n`;
}

async function read(target: ExecTarget, { bucket, s3Key }: StagedObject): Promise<string> {
  return text(await target.download(bucket, s3Key));
}
