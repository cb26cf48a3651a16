import { createHash, randomUUID } from 'node:crypto';
import { StorageError } from './storage-error';

const SMALLEST_PART_BYTES = 5 * 1024 * 1024;

interface Part {
  readonly body: Buffer;
  readonly etag: string;
}

interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly parts: Map<number, Part>;
}

/** What a finished upload is to become. */
export interface FinishedUpload extends Omit<Upload, 'parts'> {
  readonly body: Buffer;
  readonly etag: string;
  readonly parts: { partNumber: number; offset: number; length: number }[];
}

/** Uploads in parts that are under way. In memory: whoever was uploading is gone with this process. */
export class MultipartUploads {
  private readonly uploads = new Map<string, Upload>();

  create(upload: Omit<Upload, 'parts'>): string {
    const id = randomUUID();
    this.uploads.set(id, { ...upload, parts: new Map() });
    return id;
  }

  put(id: string, partNumber: number, body: Buffer): { etag: string } {
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    this.find(id).parts.set(partNumber, { body, etag });
    return { etag };
  }

  abort(id: string): void {
    this.find(id);
    this.uploads.delete(id);
  }

  finish(id: string, listed: readonly { partNumber: number; etag: string }[]): FinishedUpload {
    const upload = this.find(id);
    const chosen = listed.map(({ partNumber, etag }, index) => {
      const part = upload.parts.get(partNumber);
      if (!part || part.etag.replaceAll('"', '') !== etag.replaceAll('"', '')) {
        throw new StorageError('InvalidPart', 400, `Part ${partNumber} was not uploaded, or has another entity tag.`);
      }
      if (index > 0 && partNumber <= (listed[index - 1]?.partNumber ?? 0)) {
        throw new StorageError('InvalidPartOrder', 400, 'The parts must be listed in the order of their numbers.');
      }
      if (index < listed.length - 1 && part.body.length < SMALLEST_PART_BYTES) {
        throw new StorageError('EntityTooSmall', 400, 'All parts but the last must have 5 MiB or more.');
      }
      return { partNumber, ...part };
    });
    this.uploads.delete(id);
    let offset = 0;
    const parts = chosen.map(({ partNumber, body }) => {
      offset += body.length;
      return { partNumber, offset: offset - body.length, length: body.length };
    });
    const digests = chosen.map(({ etag }) => Buffer.from(etag.replaceAll('"', ''), 'hex'));
    const digest = createHash('md5').update(Buffer.concat(digests)).digest('hex');
    const { bucket, key, contentType, details } = upload;
    const body = Buffer.concat(chosen.map((part) => part.body));
    return { bucket, key, contentType, details, body, etag: `"${digest}-${chosen.length}"`, parts };
  }

  private find(id: string): Upload {
    const upload = this.uploads.get(id);
    if (!upload) {
      throw new StorageError('NoSuchUpload', 404, 'The specified multipart upload does not exist.');
    }
    return upload;
  }
}
