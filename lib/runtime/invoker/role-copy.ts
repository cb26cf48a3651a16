import { shellWord } from '../quoting';
import { textOf } from '../session/tool-result';
import { type SessionAccess, staging } from './transfer';

/** An object and its place in a session. */
interface Copy {
  readonly bucket: string;
  readonly key: string;
  readonly path: string;
}

/** The command that copies an object into the session with the interpreter's execution role. */
export function copyInCommand({ bucket, key, path }: Copy, region: string): string {
  return copy(shellWord(`s3://${bucket}/${key}`), shellWord(`./${path}`), region);
}

/** The command that copies a file of the session to S3 with the interpreter's execution role. */
export function copyOutCommand({ bucket, key, path }: Copy, region: string): string {
  return copy(shellWord(`./${path}`), shellWord(`s3://${bucket}/${key}`), region);
}

/** AWS_REGION is not set in sessions. */
function copy(from: string, to: string, region: string): string {
  return `aws s3 cp ${from} ${to} --region ${shellWord(region)} --only-show-errors`;
}

export async function roleCopyIn(session: SessionAccess, object: Copy): Promise<void> {
  const { path } = object;
  const folder = path.includes('/') ? `mkdir -p ${shellWord(`./${path.slice(0, path.lastIndexOf('/'))}`)} && ` : '';
  await run(session, `${folder}${copyInCommand(object, regionHere())}`, `copying ${path} into the session`);
}

export async function roleCopyOut(session: SessionAccess, object: Copy): Promise<void> {
  await run(session, copyOutCommand(object, regionHere()), `copying ${object.path} out of the session`);
}

async function run(session: SessionAccess, command: string, what: string): Promise<void> {
  const result = await session.interpreter.invokeIdempotent(
    { ...session, tool: 'executeCommand', arguments: { command } },
    session.deadline,
  );
  if (result.isError) {
    throw staging(`${what} with the execution role: ${(result.stderr || textOf(result)).slice(-500)}`);
  }
}

function regionHere(): string {
  return process.env.AWS_REGION ?? '';
}
