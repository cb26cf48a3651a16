/** Maps all values with at most `limit` calls under way; the next one starts as soon as any has ended. Results are in order. */
export async function mapAll<T, R>(
  values: readonly T[],
  limit: number,
  operation: (value: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(values.length);
  const queue = values.entries();
  const work = async () => {
    for (const [index, value] of queue) {
      results[index] = await operation(value);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, values.length) }, work));
  return results;
}

/** Maps in order with at most `limit` calls under way, without holding more than those. */
export async function* mapConcurrently<T, R>(
  values: AsyncIterable<T> | Iterable<T>,
  limit: number,
  operation: (value: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  try {
    for await (const value of values) {
      const call = operation(value);
      // It may fail while another is awaited; the rejection is handled when its turn comes, or below.
      call.catch(() => {});
      underWay.push(call);
      if (underWay.length >= limit) {
        yield (await underWay.shift()) as R;
      }
    }
    while (underWay.length > 0) {
      yield (await underWay.shift()) as R;
    }
  } finally {
    // A consumer that stops early or fails leaves no rejection unhandled.
    await Promise.allSettled(underWay);
  }
}
