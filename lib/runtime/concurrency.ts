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
      // It may fail while another is waited for; it is heard when its turn comes, or below.
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
    // Whoever stops early, or fails, leaves no rejection unheard.
    await Promise.allSettled(underWay);
  }
}
