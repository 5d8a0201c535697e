/**
 * At most `most` at a time. Throws the first error, but only when nothing of it runs any more: whoever takes back what was done has it
 * to himself.
 */
export async function inParallel<T>(items: Iterable<T>, most: number, work: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const lane = async () => {
    try {
      for (let next = iterator.next(); !next.done && failures.length === 0; next = iterator.next())
        await work(next.value);
    } catch (error) {
      failures.push(error);
    }
  };
  await Promise.all(Array.from({length: most}, lane));
  if (failures.length > 0) throw failures[0];
}
