import { StorageError } from './storage/storage-error';

type App = ReturnType<typeof import('fauxqs', { with: { 'resolution-mode': 'import' }})['buildApp']>;

const SIZE_LINE = /^([0-9a-f]{1,8})(;.*)?$/i;
/** A chunk's size with its signature is far shorter. */
const MAX_SIZE_LINE = 1_024;

/**
 * Refuses bodies in AWS's chunks that are not whole: the package would keep what there is of them. The signatures of the
 * chunks are not verified; the one of the request is.
 */
export function refuseBrokenChunks(app: App): void {
  app.addHook('preHandler', async ({ method, headers, body }) => {
    const streams = String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
    if (streams && !headers['content-encoding']?.includes('aws-chunked')) {
      // Some clients leave it out; the package goes by it.
      headers['content-encoding'] = ['aws-chunked', headers['content-encoding']].filter(Boolean).join(',');
    }
    if (method === 'PUT' && Buffer.isBuffer(body) && headers['content-encoding']?.includes('aws-chunked')) {
      const announced = headers['x-amz-decoded-content-length'];
      const bytes = decodedBytes(body);
      if (bytes === undefined || (announced !== undefined && Number(announced) !== bytes)) {
        const message = 'You did not provide the number of bytes specified by the Content-Length HTTP header.';
        throw new StorageError('IncompleteBody', 400, message);
      }
    }
  });
}

/** How many bytes the chunks hold; undefined if they are not whole. */
export function decodedBytes(body: Buffer): number | undefined {
  let bytes = 0;
  let offset = 0;
  while (offset < body.length) {
    const lineEnd = body.subarray(offset, offset + MAX_SIZE_LINE).indexOf('\r\n');
    const [, size] = SIZE_LINE.exec(body.subarray(offset, offset + Math.max(lineEnd, 0)).toString('latin1')) ?? [];
    if (size === undefined) {
      return undefined;
    }
    const length = Number.parseInt(size, 16);
    if (length === 0) {
      return bytes;
    }
    const dataEnd = offset + lineEnd + 2 + length;
    if (body.subarray(dataEnd, dataEnd + 2).toString('latin1') !== '\r\n') {
      return undefined;
    }
    bytes += length;
    offset = dataEnd + 2;
  }
  return undefined;
}
