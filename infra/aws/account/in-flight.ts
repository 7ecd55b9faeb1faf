/**
 * Does something with each thing of a source, a few at a time: no more is taken from the source than is worked on. After an
 * error nothing new is begun, and what is under way is waited for.
 *
 * @param most at a time, 1 or more
 * @throws the first error
 */
export async function withEach<T>(
  source: AsyncIterable<T>,
  most: number,
  work: (each: T) => Promise<void>,
): Promise<void> {
  const things = source[Symbol.asyncIterator]();
  let failed = false;
  const worker = async () => {
    try {
      while (!failed) {
        const next = await things.next();
        if (next.done) return;
        await work(next.value);
      }
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: most }, worker));
  const first = outcomes.find(({ status }) => status === 'rejected');
  if (first?.status === 'rejected') throw first.reason;
}
