import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { messageOf } from '../../named-error';
import type { ObjectStore } from '../../staging/object-store';
import { invalid } from './listed-row';

/** The content of an object, unpacked if its key ends in `.gz`. */
export async function openText(store: ObjectStore, key: string): Promise<Readable> {
  const body = await store.open(key);
  return key.endsWith('.gz') ? Readable.from(unpacked(body, key), { objectMode: false }) : body;
}

async function* unpacked(body: Readable, key: string): AsyncGenerator<Uint8Array> {
  try {
    // An error of the body becomes one of the archive, which is what is read from.
    yield* pipeline(body, createGunzip(), () => {});
  } catch (error) {
    const { code } = error as { code?: string };
    throw code?.startsWith('Z_') ? invalid(key, `it cannot be unpacked: ${messageOf(error)}`, error) : error;
  }
}
