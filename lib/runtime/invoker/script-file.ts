import { basename, extname } from 'node:path/posix';
import { INVOKER_LIMITS, type InvokerRequest } from '../../contract/invoker';
import { SCRIPT_LANGUAGES } from '../../contract/script-language';
import type { Language, Runtime } from '../../contract/service';
import { shellWord } from '../quoting';
import type { ObjectStore } from '../staging/object-store';
import { Figures } from './figures';
import { asStaging, requireOwn } from './inputs';
import { invalidRequest } from './invoker-request';
import { PARAMETERS_FILE, sessionPath } from './request-schema';
import { staging } from './transfer';

/** A request for a script, as one for files and a command: a script ends as its interpreter ends, in a process of its own. */
export interface ScriptRun {
  readonly request: InvokerRequest;
  /** Of a script in Python whose answer has content blocks. */
  readonly figures?: Figures;
}

/** Any other request stays as it is. */
export async function withScriptAsCommand(
  request: InvokerRequest,
  { store, prefix }: { store: ObjectStore; prefix: string },
  run: string,
): Promise<ScriptRun> {
  const { script, language: given, runtime, files = [], ...rest } = request;
  if (script === undefined) {
    return { request };
  }
  const language = languageOf(script, given);
  if ((runtime === 'python') !== (language === 'python') && runtime !== undefined) {
    throw invalidRequest(`runtime: ${runtime} does not run ${language}`);
  }
  const isInput = files.some(({ path, s3Prefix }) => s3Prefix === undefined && path === script);
  const path = isInput ? script : await pathOfObject(script, request, store, prefix);
  const figures = language === 'python' && !request.background ? new Figures(run) : undefined;
  const command = `${figures?.assignments(request.environment) ?? ''}${interpreterOf(path, language, runtime)} </dev/null`;
  return {
    request: {
      ...rest,
      command,
      files: [...files, ...(isInput ? [] : [{ path, s3Key: script }]), ...(figures ? [figures.file] : [])],
    },
    figures,
  };
}

function languageOf(script: string, given: Language | undefined): Language {
  const language = given ?? SCRIPT_LANGUAGES[extname(script).toLowerCase()];
  if (language === undefined) {
    const extensions = Object.keys(SCRIPT_LANGUAGES).join(', ');
    throw invalidRequest(`language: is required, since the script's extension is none of ${extensions}`);
  }
  return language;
}

/** Where the script of the bucket goes: into the working directory, under its own name. */
async function pathOfObject(key: string, request: InvokerRequest, store: ObjectStore, prefix: string): Promise<string> {
  if (!key.startsWith(prefix)) {
    const paths = (request.files ?? []).map(({ path }) => path).join(', ') || 'there are none';
    throw invalidRequest(
      `script: "${key}" must be under the invoker's prefix "${prefix}", or a path of "files" (${paths})`,
    );
  }
  requireOwn(key, prefix, 'script');
  const path = basename(key);
  if (!sessionPath.safeParse(path).success) {
    throw invalidRequest(`script: "${path}" cannot be a file's name in the session`);
  }
  const taken = [...(request.files ?? []).map((file) => file.path), ...(request.parameters ? [PARAMETERS_FILE] : [])];
  if (taken.includes(path)) {
    throw invalidRequest(`script: "${path}" is the name of another file of the request`);
  }
  await checkObject(key, store);
  return path;
}

async function checkObject(key: string, store: ObjectStore): Promise<void> {
  const where = `script: s3://${store.bucket}/${key}`;
  const object = await store.stat(key).catch((error) => {
    throw asStaging(error, `reading ${where}`);
  });
  if (!object) {
    throw staging(`${where} does not exist`);
  }
  if (object.bytes > INVOKER_LIMITS.scriptBytes) {
    throw staging(`${where} has ${object.bytes} bytes; a script has at most ${INVOKER_LIMITS.scriptBytes}`);
  }
}

/** The interpreter with the script. A name that begins with "-" would be an option. */
function interpreterOf(path: string, language: Language, runtime: Runtime | undefined): string {
  const script = shellWord(path.startsWith('-') ? `./${path}` : path);
  if (language === 'python') {
    return `python3 ${script}`;
  }
  if (runtime === 'nodejs') {
    return `node ${script}`;
  }
  const known = SCRIPT_LANGUAGES[extname(path).toLowerCase()] === language;
  const extension = known ? '' : ` --ext ${language === 'typescript' ? 'ts' : 'js'}`;
  return `deno run --quiet --no-prompt --allow-all --no-config${extension} ${script}`;
}
