import type { ContentBlock } from '@aws-sdk/client-bedrock-agentcore';
import {
  type AnswerBlock,
  INVOKER_LIMITS,
  type InvokerResponse,
  type ReturnedFile,
  type StagedObject,
} from '../../contract/invoker';
import { contentTypeOf } from '../staging/content-type';
import type { ObjectStore } from '../staging/object-store';
import { asStaging, hashOf } from './inputs';
import { fileName, inlineContent } from './outputs';

/** Of long output that is in the bucket, so much of its beginning and of its end stays in the answer, in characters. */
const EXCERPT_HALF = 2_000;
/** What one excerpt may take of the smallest answer, in bytes of JSON, which makes six of some characters. */
const SMALLEST_EXCERPT_BYTES = 2_500;
/** What a pointer takes at most, in bytes of JSON. */
const POINTER_BYTES = 1_200;

/** A content block as JSON can hold it, with its size and hash. */
export function answerBlock(block: ContentBlock): AnswerBlock {
  const { type = 'text', text, data, mimeType, uri, name, description, size, resource } = block;
  if (resource !== undefined) {
    const content = resource.blob ?? Buffer.from(resource.text ?? '', 'utf8');
    return { type, uri: resource.uri, ...sized(content), contentType: resource.mimeType, ...inlineContent(content) };
  }
  if (data !== undefined) {
    const content = Buffer.from(data);
    return { type, ...sized(content), contentType: mimeType, base64: content.toString('base64') };
  }
  if (type === 'text') {
    return { type, ...sized(Buffer.from(text ?? '', 'utf8')), text: text ?? '' };
  }
  return { type, uri, name, description, contentType: mimeType, bytes: size };
}

function sized(content: Uint8Array): { bytes: number; sha256: string } {
  return { bytes: content.length, sha256: hashOf(content) };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Something in an answer that can be put into the bucket. */
interface Part {
  /** In bytes of JSON. */
  readonly size: number;
  spill(): Promise<void>;
}

/** Makes answers fit into their limit: the largest parts go to the bucket first. */
export class AnswerFitter {
  constructor(
    private readonly store: ObjectStore,
    private readonly prefix: string,
    private readonly limit: number = INVOKER_LIMITS.maxAnswerBytes.default,
  ) {}

  async fit(answer: InvokerResponse): Promise<InvokerResponse> {
    const fitted: Mutable<InvokerResponse> = {
      ...answer,
      content: answer.content.map((block) => ({ ...block })),
      files: answer.files.map((file) => ({ ...file })),
    };
    let size = jsonBytes(fitted);
    for (const part of size > this.limit ? this.partsOf(fitted) : []) {
      if (size <= this.limit) {
        break;
      }
      await part.spill();
      size -= part.size - POINTER_BYTES;
    }
    return jsonBytes(fitted) <= this.limit ? fitted : this.pointerTo(fitted);
  }

  /** The largest first; what is not much larger than a pointer is not worth one. */
  private partsOf(answer: Mutable<InvokerResponse>): Part[] {
    const parts = [
      this.stream(answer, 'stdout'),
      this.stream(answer, 'stderr'),
      ...answer.content.map((block, index) => this.content(block, `content-${index}${endingOf(block)}`)),
      ...answer.files.map((file) => this.content(file, fileName(this.prefix, file.path))),
    ];
    return parts.filter(({ size }) => size > 2 * POINTER_BYTES).sort((one, other) => other.size - one.size);
  }

  private stream(answer: Mutable<InvokerResponse>, name: 'stdout' | 'stderr'): Part {
    return {
      size: jsonBytes(answer[name]) - 2 * EXCERPT_HALF,
      spill: async () => {
        const text = answer[name];
        answer[`${name}File`] = await this.keep(`${name}.txt`, Buffer.from(text, 'utf8'), 'text/plain; charset=utf-8');
        answer[name] = excerpt(text);
      },
    };
  }

  private content(holder: Mutable<AnswerBlock | ReturnedFile>, name: string): Part {
    return {
      size: jsonBytes(holder.text ?? holder.base64 ?? ''),
      spill: async () => {
        const { text, base64, contentType = 'application/octet-stream' } = holder;
        const content = text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text, 'utf8');
        const { bucket, s3Key } = await this.keep(name, content, contentType);
        delete holder.text;
        delete holder.base64;
        Object.assign(holder, { bucket, s3Key });
      },
    };
  }

  /** An answer of very many files is too large even without their contents. */
  private async pointerTo(answer: InvokerResponse): Promise<InvokerResponse> {
    const whole = await this.keep('answer.json', Buffer.from(JSON.stringify(answer)), 'application/json');
    return {
      ...answer,
      stdout: smallExcerpt(answer.stdout),
      stderr: smallExcerpt(answer.stderr),
      content: [],
      files: [],
      whole,
    };
  }

  private async keep(name: string, content: Uint8Array, contentType: string): Promise<StagedObject> {
    const s3Key = `${this.prefix}${name}`;
    try {
      await this.store.put(s3Key, content, contentType);
    } catch (error) {
      throw asStaging(error, `writing s3://${this.store.bucket}/${s3Key}`);
    }
    return { bucket: this.store.bucket, s3Key, ...sized(content) };
  }
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** The beginning and the end of a text; a character of two code units is left out as a whole. */
function excerpt(text: string, half = EXCERPT_HALF): string {
  if (text.length <= 2 * half + 10) {
    return text;
  }
  const begin = text.slice(0, half).replace(/[\ud800-\udbff]$/, '');
  const end = text.slice(-half).replace(/^[\udc00-\udfff]/, '');
  return `${begin}\n[...]\n${end}`;
}

function smallExcerpt(text: string): string {
  let half = 500;
  while (jsonBytes(excerpt(text, half)) > SMALLEST_EXCERPT_BYTES) {
    half = Math.floor(half / 2);
  }
  return excerpt(text, half);
}

/** An ending that tells people's programs what the object is. */
function endingOf({ contentType = '' }: AnswerBlock): string {
  const type = contentType.split(';')[0] ?? '';
  const ending = ['png', 'jpg', 'svg', 'gif', 'webp', 'csv', 'json', 'html', 'pdf', 'txt'].find((candidate) =>
    contentTypeOf(`x.${candidate}`).startsWith(type || '-'),
  );
  return ending === undefined ? '' : `.${ending}`;
}
