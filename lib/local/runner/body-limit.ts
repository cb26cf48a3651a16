import { finished } from 'node:stream/promises';
import { StorageError } from './storage/storage-error';

type App = ReturnType<typeof import('fauxqs', { with: { 'resolution-mode': 'import' }})['buildApp']>;

/**
 * The largest object that can be written in one request, in bytes. S3 takes 5 GiB; here an object is a buffer, in which
 * neither Node.js finds texts nor fauxqs its chunks beyond this: it would keep the beginning and say nothing.
 */
export const MAX_OBJECT_BYTES = 2 ** 31 - 1;
/** The largest body that is not an object: lists of keys or parts. */
const MAX_BODY_BYTES = 100_000_000;

/** Refuses what is larger, as S3 refuses what is too large for it. */
export function refuseLargerBodies(app: App): void {
  app.addHook('onRequest', async ({ method, headers, raw, routeOptions }) => {
    const { 'content-length': length, 'x-amz-decoded-content-length': decodedLength } = headers;
    const isObject = method === 'PUT' && routeOptions.url === '/:bucket/*';
    const limit = isObject ? MAX_OBJECT_BYTES : MAX_BODY_BYTES;
    if (Number((isObject ? decodedLength : undefined) ?? length ?? 0) > limit) {
      // Clients listen once they have sent everything.
      await finished(raw.resume());
      const what = isObject ? 'objects' : 'bodies that are not objects';
      throw new StorageError(
        'EntityTooLarge',
        400,
        `The local S3 takes ${what} of at most ${limit} bytes in one request`,
      );
    }
  });
}
