import { ObjectLookup } from '../../../lib/runtime/batch/input/object-lookup';
import type { ObjectStore } from '../../../lib/runtime/staging/object-store';
import { Planning } from '../../support/planning';

describe('looking up the objects of a list', () => {
  const names = (count: number) =>
    Array.from({ length: count }, (_, n) => `incoming/${String(n).padStart(5, '0')}.csv`);
  const planning = Planning.forEachTest(...names(1_200));

  /** The keys that were found, and the calls it took. */
  async function look(keys: string[]): Promise<{ found: string[]; pages: number; single: number }> {
    const calls = { pages: 0, single: 0 };
    const store = {
      bucket: planning.store.bucket,
      listPage: (prefix: string, after: string) => {
        calls.pages++;
        return planning.store.listPage(prefix, after);
      },
      stat: (key: string) => {
        calls.single++;
        return planning.store.stat(key);
      },
    } as Partial<ObjectStore> as ObjectStore;
    const found: string[] = [];
    for await (const { key, bytes } of new ObjectLookup(store, 'incoming/').look(rowsOf(keys))) {
      expect(bytes).toBe(key.length);
      found.push(key);
    }
    return { found, ...calls };
  }

  async function* rowsOf(keys: string[]) {
    for (const [index, key] of keys.entries()) {
      yield { key, where: `line ${index + 1}` };
    }
  }

  test('a sorted list takes a page for about a thousand of them', async () => {
    const { found, pages, single } = await look(names(1_200));
    expect(found).toEqual(names(1_200));
    expect(pages).toBeLessThanOrEqual(4);
    expect(single).toBeLessThanOrEqual(16);
  });

  test('a list in any order, with repetitions, keeps its order', async () => {
    const keys = names(300)
      .reverse()
      .flatMap((key) => [key, key]);
    const { found, pages } = await look(keys);
    expect(found).toEqual(keys);
    expect(pages).toBeLessThanOrEqual(2);
  });

  test('a few are looked up alone', async () => {
    expect(await look(names(1_200).filter((_, index) => index % 200 === 0))).toMatchObject({ pages: 0, single: 6 });
  });

  test('one that is missing among many is named by its place', async () => {
    const keys = names(100);
    keys.splice(50, 0, 'incoming/00049.csv2');
    await expect(look(keys)).rejects.toThrow('line 51: item "incoming/00049.csv2" does not exist in bucket');
  });
});
