import { CODE_TOOL_LIMITS } from '../../contract/code-tools';
import type { AnswerBlock, InvokerResponse, ReturnedFile, StagedObject } from '../../contract/invoker';
import type { AnswerData, AnswerFile } from './answer-schema';
import { TextBudget } from './text-budget';

/** A picture as a model sees it. */
export interface Picture {
  readonly name: string;
  readonly contentType: string;
  readonly base64: string;
}

/** What a tool answers, before it takes the form of MCP, Gateway or an agent's SDK. */
export interface ToolAnswer {
  readonly isError: boolean;
  /** The name of the error, where the call could not be carried out: `InvalidRequest` if the caller is to blame. */
  readonly error?: string;
  /** For the model to read. */
  readonly text: string;
  /** For the model to see. */
  readonly pictures: readonly Picture[];
  /** For programs to read. */
  readonly data: AnswerData;
}

/** Keeps the whole of what an answer shows a part of. Returns nothing where there is no place for it. */
export type Keep = (name: string, content: Uint8Array, contentType: string) => Promise<Location | undefined>;

/** Where something is: a name for it that lasts, and a link for people that does not. */
export interface Location {
  readonly uri: string;
  readonly url?: string;
}

/** How an answer refers to what it does not carry. */
export interface AnswerPlaces {
  readonly keep: Keep;
  /** Where an object is that the invoker has put into the staging bucket. */
  locate(object: { readonly bucket: string; readonly s3Key: string }): Promise<Location>;
  /** Whether pictures go along for the model to see, or only as links. */
  readonly showPictures: boolean;
  /** Whether pictures that the model sees are kept as well, for people to open. Default: no. */
  readonly keepShownPictures?: boolean;
}

/** Picture formats that models take. */
const SHOWN_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/** Builds the answer that a model gets for a call. */
export class AnswerBuilder {
  private readonly budget = new TextBudget();
  private readonly pictures: Picture[] = [];
  private pictureBytes = 0;

  constructor(private readonly places: AnswerPlaces) {}

  /** @param notes what the model should know beside the output, such as that its session is a new one */
  async build(response: InvokerResponse, notes: readonly string[]): Promise<ToolAnswer> {
    const { outcome, isError, sessionId, sessionEnded, exitCode, executionTime: executionSeconds, task } = response;
    const stderr = await this.stream(response, 'stderr');
    const stdout = await this.stream(response, 'stdout');
    const shown = await this.shownPictures(response.content);
    const files: AnswerFile[] = [];
    for (const returned of response.files) {
      files.push(await this.file(returned));
    }
    const data: AnswerData = {
      outcome,
      ...(notes.length > 0 && { message: notes.join(' ') }),
      sessionId,
      sessionEnded,
      ...stdout,
      ...stderr,
      ...(exitCode !== undefined && { exitCode }),
      ...(executionSeconds !== undefined && { executionSeconds }),
      ...(files.length > 0 && { files }),
      ...(shown.length > 0 && { pictures: shown }),
      ...(task && {
        task: {
          taskId: task.id,
          status: task.status,
          stdoutFrom: task.stdoutNext,
          stderrFrom: task.stderrNext,
          more: task.more,
        },
      }),
    };
    const listing = listingText(response.content);
    // What was asked for is not there: a model must not take that for success.
    const nothingCame = files.length > 0 && files.every(({ error }) => error !== undefined);
    return { isError: isError || nothingCame, text: textOf(data, listing), pictures: this.pictures, data };
  }

  private async stream(
    response: InvokerResponse,
    name: 'stdout' | 'stderr',
  ): Promise<Partial<Pick<AnswerData, 'stdout' | 'stdoutUri' | 'stderr' | 'stderrUri'>>> {
    const whole = response[name];
    if (whole === '') {
      return {};
    }
    const { text, cut } = this.budget.fit(whole);
    const staged: StagedObject | undefined = response[`${name}File`];
    const place = staged
      ? await this.places.locate(staged)
      : cut
        ? await this.places.keep(`${name}.txt`, Buffer.from(whole), 'text/plain; charset=utf-8')
        : undefined;
    return { [name]: text, ...(place && { [`${name}Uri`]: place.uri }) };
  }

  private async shownPictures(content: readonly AnswerBlock[]): Promise<AnswerFile[]> {
    const pictures: AnswerFile[] = [];
    for (const { type, contentType = 'image/png', bytes = 0, base64, bucket, s3Key } of content) {
      if (type === 'image') {
        const path = `picture-${pictures.length + 1}.${contentType.replace(/^image\/|\+.*$/g, '')}`;
        pictures.push(await this.file({ path, bytes, contentType, base64, bucket, s3Key }));
      }
    }
    return pictures;
  }

  private async file({
    path,
    bytes,
    contentType,
    text,
    base64,
    bucket,
    s3Key,
    error,
  }: ReturnedFile): Promise<AnswerFile> {
    const facts = { path, bytes, contentType };
    if (error !== undefined) {
      return { ...facts, error };
    }
    if (bucket !== undefined && s3Key !== undefined) {
      return { ...facts, ...(await this.places.locate({ bucket, s3Key })) };
    }
    if (text !== undefined) {
      const fitted = this.budget.fit(text);
      return {
        ...facts,
        text: fitted.text,
        ...(fitted.cut && (await this.places.keep(`files/${path}`, Buffer.from(text), contentType))),
      };
    }
    if (this.show(facts, base64 ?? '') && !this.places.keepShownPictures) {
      return facts;
    }
    return { ...facts, ...(await this.places.keep(`files/${path}`, Buffer.from(base64 ?? '', 'base64'), contentType)) };
  }

  /** Adds a picture for the model to see; false if it must be a link. */
  private show({ path, bytes, contentType }: AnswerFile, base64: string): boolean {
    const fits = this.pictureBytes + bytes <= CODE_TOOL_LIMITS.pictureBytes;
    if (!this.places.showPictures || !SHOWN_TYPES.includes(contentType) || !fits) {
      return false;
    }
    this.pictureBytes += bytes;
    this.pictures.push({ name: path, contentType, base64 });
    return true;
  }
}

/** An answer to what was refused, or failed before there was a result. */
export function rejection(
  error: string,
  message: string,
  session: { readonly sessionId?: string; readonly sessionEnded?: boolean } = {},
): ToolAnswer {
  return {
    isError: true,
    error,
    text: message,
    pictures: [],
    data: { outcome: 'rejected', message, ...session },
  };
}

/** The folder of the tools' own files is nobody's business. */
function listingText(content: readonly AnswerBlock[]): string {
  return content
    .filter(({ type, name }) => type === 'resource_link' && name !== '.invoker')
    .map(({ name, description, bytes }) => {
      const folder = description === 'Directory';
      return folder ? `${name}/` : `${name}${bytes === undefined ? '' : `  ${bytes} bytes`}`;
    })
    .join('\n');
}

function textOf(data: AnswerData, listing: string): string {
  const parts = [
    data.stdout ?? '',
    listing,
    data.stderr === undefined ? '' : `stderr:\n${data.stderr}`,
    ...(data.files ?? []).map(fileText),
    ...(data.pictures ?? []).flatMap((picture) => (picture.uri === undefined ? [] : [fileText(picture)])),
    data.stdoutUri === undefined ? '' : `The whole of stdout: ${data.stdoutUri}`,
    data.stderrUri === undefined ? '' : `The whole of stderr: ${data.stderrUri}`,
    data.exitCode === undefined || data.exitCode === 0 ? '' : `Exit code ${data.exitCode}.`,
    data.task === undefined ? '' : taskText(data.task),
    data.message ?? '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'Done; nothing was printed.' : parts.join('\n');
}

function fileText({ path, bytes, contentType, text, uri, url, error }: AnswerFile): string {
  if (error !== undefined) {
    return `${path}: ${error}`;
  }
  const where = url ?? uri;
  const head = `${path} (${contentType}, ${bytes} bytes)${where === undefined ? '' : `: ${where}`}`;
  return text === undefined ? head : `${head}\n${text}`;
}

function taskText({ taskId, status, stdoutFrom, stderrFrom }: NonNullable<AnswerData['task']>): string {
  return `Task ${taskId}: ${status}. Next: stdoutFrom ${stdoutFrom}, stderrFrom ${stderrFrom}.`;
}
