import { INVOKE_PAYLOAD_MAX_BYTES, LANGUAGES, type Language, RUNTIMES, type Runtime } from '../../../contract/service';
import { LongString } from '../large-json';
import { type Checker, type Fields, isObject } from '../validation';

/** The members of `ToolArguments` (AWS API model), each of the right type and size. */
export interface ToolArguments {
  readonly code?: string;
  readonly language?: Language;
  readonly runtime?: Runtime;
  readonly clearContext?: boolean;
  readonly command?: string;
  readonly path?: string;
  readonly paths?: string[];
  readonly content?: InputContent[];
  readonly directoryPath?: string;
  readonly taskId?: string;
}

/** A file to write: exactly one of text and blob, the latter in base64. */
export interface InputContent {
  readonly path: string;
  readonly text?: string | LongString;
  readonly blob?: string | LongString;
}

const TEXT = { max: INVOKE_PAYLOAD_MAX_BYTES };

/** Checks every member that is there, whether the tool needs it or not, as the service's model validation does. */
export function checkArguments(given: Fields, check: Checker): ToolArguments {
  const text = (name: string) => check.string(given[name], `arguments.${name}`, TEXT);
  return {
    code: text('code'),
    language: check.oneOf(given.language, 'arguments.language', LANGUAGES),
    runtime: check.oneOf(given.runtime, 'arguments.runtime', RUNTIMES),
    clearContext: check.boolean(given.clearContext, 'arguments.clearContext'),
    command: text('command'),
    path: text('path'),
    paths: checkPaths(given.paths, check),
    content: checkContent(given.content, check),
    directoryPath: text('directoryPath'),
    taskId: text('taskId'),
  };
}

function checkPaths(given: unknown, check: Checker): string[] | undefined {
  return check.list(given, 'arguments.paths')?.map((path, index) => {
    const name = `arguments.paths.${index + 1}.member`;
    return check.required(check.string(path, name, TEXT), path, name) ?? '';
  });
}

function checkContent(given: unknown, check: Checker): InputContent[] | undefined {
  return check
    .list(given, 'arguments.content')
    ?.map((block, index) => checkBlock(block, `arguments.content.${index + 1}.member`, check));
}

function checkBlock(given: unknown, name: string, check: Checker): InputContent {
  if (!isObject(given)) {
    check.fail(name, 'Member must be an object');
    return { path: '' };
  }
  const path = check.required(check.string(given.path, `${name}.path`, TEXT), given.path, `${name}.path`);
  const text = checkText(given.text, `${name}.text`, check);
  const blob = checkBlob(given.blob, `${name}.blob`, check);
  if ((given.text ?? undefined) === undefined && (given.blob ?? undefined) === undefined) {
    check.fail(name, 'Member must have text or blob');
  }
  return { path: path ?? '', text, blob };
}

const TOO_LONG = `Member must have length less than or equal to ${INVOKE_PAYLOAD_MAX_BYTES}`;

function checkText(given: unknown, name: string, check: Checker): string | LongString | undefined {
  if (!(given instanceof LongString)) {
    return check.string(given, name, TEXT);
  }
  return given.length > INVOKE_PAYLOAD_MAX_BYTES ? check.fail(name, TOO_LONG) : given;
}

/** Base64 once, which is four characters for three bytes. */
function checkBlob(given: unknown, name: string, check: Checker): string | LongString | undefined {
  const blob = given instanceof LongString ? given : check.string(given, name);
  if (blob === undefined) {
    return undefined;
  }
  const bytes = base64Bytes(blob instanceof LongString ? blob.pieces() : [blob]);
  if (bytes === undefined) {
    return check.fail(name, 'Member must be base64');
  }
  return bytes > INVOKE_PAYLOAD_MAX_BYTES ? check.fail(name, TOO_LONG) : blob;
}

/** How many bytes the base64 is of; undefined if it is none. */
function base64Bytes(pieces: Iterable<string>): number | undefined {
  let length = 0;
  let padding = '';
  for (const piece of pieces) {
    const [, digits, end = ''] = /^([A-Za-z0-9+/]*)(={0,2})$/.exec(piece) ?? [];
    if (digits === undefined || (padding !== '' && digits !== '')) {
      return undefined;
    }
    length += piece.length;
    padding += end;
  }
  return length % 4 === 0 && padding.length <= 2 ? (length / 4) * 3 - padding.length : undefined;
}
