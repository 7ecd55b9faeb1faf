/** What a load got done. */
export interface Done {
  readonly records: number;
  readonly milliseconds: number;
}

export function rate({ records, milliseconds }: Done): number {
  return (records / milliseconds) * 1000;
}

/**
 * Lets so many loops take steps for a while; the clock stops when the last of them has ended.
 *
 * @param step does one thing and tells how many records it moved
 */
export async function keepBusy(
  loops: number,
  milliseconds: number,
  step: (loop: number) => Promise<number>,
): Promise<Done> {
  const started = performance.now();
  let records = 0;
  const loop = async (_: unknown, index: number) => {
    while (performance.now() - started < milliseconds) {
      // Not `records += await …`, which would add to what `records` was before the others took their steps.
      const moved = await step(index);
      records += moved;
    }
  };
  await Promise.all(Array.from({ length: loops }, loop));
  return { records, milliseconds: performance.now() - started };
}
