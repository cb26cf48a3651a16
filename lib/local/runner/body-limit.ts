import { finished } from 'node:stream/promises';

type App = ReturnType<typeof import('fauxqs', { with: { 'resolution-mode': 'import' }})['buildApp']>;

/**
 * The largest object that can be written in one request, in bytes. S3 takes 5 GiB; here an object is a buffer, in which
 * neither Node.js finds texts nor fauxqs its chunks beyond this: it would keep the beginning and say nothing.
 */
export const LARGEST_PUT_BYTES = 2 ** 31 - 1;

/** Refuses what is larger, as S3 refuses what is too large for it. */
export function refuseLargerBodies(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    const { 'content-length': length, 'x-amz-decoded-content-length': decodedLength } = request.headers;
    if (Number(decodedLength ?? length ?? 0) > LARGEST_PUT_BYTES) {
      // Clients listen once they have sent everything.
      await finished(request.raw.resume());
      const message = `The local S3 takes objects of at most ${LARGEST_PUT_BYTES} bytes in one request`;
      return reply
        .code(400)
        .type('application/xml')
        .send(`<Error><Code>EntityTooLarge</Code><Message>${message}</Message></Error>`);
    }
  });
}
