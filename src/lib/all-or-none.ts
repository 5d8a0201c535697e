/**
 * Does several things at once. When one fails the others are called off; it throws once all of them have ended, so that nothing goes on
 * behind the back of who clears up.
 */
export async function allOrNone<const T extends readonly ((signal: AbortSignal) => Promise<unknown>)[]>(
  works: T,
  signal: AbortSignal,
): Promise<{-readonly [K in keyof T]: Awaited<ReturnType<T[K]>>}> {
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);
  const under = works.map(work => work(until));
  try {
    return (await Promise.all(under)) as {-readonly [K in keyof T]: Awaited<ReturnType<T[K]>>};
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(under);
    throw error;
  }
}
