/**
 * Does the same work on every item, on a bounded number of items at a time, started in order.
 *
 * @param lanes at least 1
 * @returns the results, in the order of the items
 * @throws the first error of the work; what was under way then goes on unobserved
 */
export async function inLanes<T, R>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const rest = items.entries();
  const lane = async () => {
    for (const [at, item] of rest) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  return results;
}

/** Cuts a list into pieces of at most `size` items, in order. */
export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size));
  return chunks;
}

/**
 * Cuts what goes into requests, in order, into as few of them as their limits allow. What is larger alone than a request
 * may be is one by itself.
 *
 * @param limits of one request
 */
export function chunksWithin<T extends { readonly bytes: number }>(
  all: readonly T[],
  limits: { readonly items: number; readonly bytes: number },
): T[][] {
  const chunks: T[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const each of all) {
    const chunk = chunks.at(-1);
    if (chunk !== undefined && chunk.length < limits.items && bytes + each.bytes <= limits.bytes) {
      chunk.push(each);
      bytes += each.bytes;
    } else {
      chunks.push([each]);
      bytes = each.bytes;
    }
  }
  return chunks;
}
