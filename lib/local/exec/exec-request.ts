import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import type { InputFile, InvokerRequest } from '../../contract/invoker';
import { SCRIPT_LANGUAGES } from '../../contract/script-language';
import type { Language } from '../../contract/service';
import { inputLines } from '../cli/input-lines';
import { searchFolder } from '../runner/input-files';
import { standardError } from '../terminal';
import type { ExecOptions } from './exec-options';

/** Files up to this size together travel in the request, which has at most 6 MB; base64 makes a third more. */
const INLINE_BYTES = 3_000_000;
/** The script beside them. */
const SCRIPT_INLINE_BYTES = 500_000;

/** What is brought back where nothing is said. */
export const EVERYTHING = '**';

/** Puts a file where the invoker finds it, and tells its key. */
export type Upload = (path: string, name: string) => Promise<string>;

/** The request of the contract that a command line stands for. Throws an error that says what is wrong with it. */
export async function requestOf(
  script: string | undefined,
  options: ExecOptions,
  upload: Upload,
): Promise<InvokerRequest> {
  if ((script === undefined) === (options.command === undefined)) {
    throw new Error('give either a script or --command');
  }
  if (script !== undefined) {
    await existing(script, 'the script');
    languageOf(script, options);
  }
  const files = await filesOf(options.file, upload);
  return {
    ...(script === undefined ? { command: options.command, files } : await scriptOf(script, options, files, upload)),
    outputs: options.output.length > 0 ? [...options.output] : [EVERYTHING],
    ...(options.env.length > 0 && { environment: Object.fromEntries(options.env.map(variable)) }),
    ...(options.parameters !== undefined && { parameters: options.parameters }),
    ...(options.timeout !== undefined && { timeoutSeconds: options.timeout }),
  };
}

export function languageOf(script: string, { language }: Pick<ExecOptions, 'language'>): Language {
  const found = language ?? SCRIPT_LANGUAGES[extname(script).toLowerCase()];
  if (found === undefined) {
    throw new Error(`${script}: its ending tells no language; give --language`);
  }
  return found;
}

/** The script goes in as a file, byte by byte, under its own name. */
async function scriptOf(script: string, options: ExecOptions, files: readonly InputFile[], upload: Upload) {
  const name = basename(script);
  if (files.some(({ path }) => path === name)) {
    throw new Error(`--file ${name}: the script has this name; give the file another one, as PATH=NAME`);
  }
  const { language, runtime } = options;
  return {
    script: name,
    ...(language && { language }),
    ...(runtime && { runtime }),
    files: [...files, await scriptFile(script, name, upload)],
  };
}

async function scriptFile(script: string, name: string, upload: Upload): Promise<InputFile> {
  const content = await readFile(script);
  return content.length <= SCRIPT_INLINE_BYTES
    ? { path: name, base64: content.toString('base64') }
    : { path: name, s3Key: await upload(script, name) };
}

async function filesOf(given: readonly string[], upload: Upload): Promise<InputFile[]> {
  const files: InputFile[] = [];
  let inline = 0;
  for (const argument of given) {
    for (const { path, name, bytes } of await filesAt(argument)) {
      if (inline + bytes <= INLINE_BYTES) {
        inline += bytes;
        files.push({ path: name, base64: (await readFile(path)).toString('base64') });
      } else {
        files.push({ path: name, s3Key: await upload(path, name) });
      }
    }
  }
  return files;
}

/** The file that an argument names, or all files of the folder. */
async function filesAt(argument: string): Promise<{ path: string; name: string; bytes: number }[]> {
  const { path, name } = await pathAndName(argument);
  const found = await existing(path, `--file ${argument}:`);
  if (!found.isDirectory()) {
    return [{ path, name, bytes: found.size }];
  }
  const inside = await searchFolder(path);
  standardError.lines(...inputLines(inside));
  return Promise.all(
    inside.files.map(async (file) => ({
      path: file.path,
      name: `${name}/${file.name}`,
      bytes: (await stat(file.path)).size,
    })),
  );
}

async function existing(path: string, what: string): Promise<Stats> {
  const found = await stat(path).catch(() => undefined);
  if (!found) {
    throw new Error(`${what} "${path}" does not exist`);
  }
  return found;
}

/** `PATH` or `PATH=NAME`; a path may itself hold a "=". */
async function pathAndName(argument: string): Promise<{ path: string; name: string }> {
  const whole = await stat(argument).catch(() => undefined);
  const at = argument.lastIndexOf('=');
  return whole || at < 0
    ? { path: argument, name: basename(resolve(argument)) }
    : { path: argument.slice(0, at), name: argument.slice(at + 1).replace(/\/+$/, '') };
}

function variable(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new Error(`--env ${text}: it must be NAME=VALUE`);
  }
  return [text.slice(0, at), text.slice(at + 1)];
}
