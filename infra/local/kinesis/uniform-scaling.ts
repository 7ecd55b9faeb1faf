import { HASH_KEYS, type HashKeyRange } from './hash-key.ts';
import { lastWhere } from './store/segment.ts';
import type { Reshard } from './store/stream.ts';

/** An open shard: its number, and the hash keys that it has. */
export interface OpenRange extends HashKeyRange {
  readonly number: number;
}

/**
 * A boundary this close to where it should be is left there. CreateStream gives the whole remainder of its division to
 * the last shard, so that its boundaries are off by less than the number of shards; moving one would take a shard of a
 * few keys, smaller than SplitShard makes them.
 */
const CLOSE_ENOUGH = 1_000n;

/**
 * The splits and merges that turn a stream's open shards into `target` shards of the same size, boundary by boundary
 * from the lowest hash key on: the shard that a boundary falls into is split there, and what lies between two
 * boundaries is merged, two at a time. AWS too goes by single splits and merges, and too leaves shards behind that were
 * only needed on the way; in which order it goes is not documented.
 *
 * Sizes differ by one key at most, but for boundaries that were already as good as right; see above.
 *
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
 *
 * @param open all open shards, in the order of their hash keys, of which each belongs to one
 * @param target 1 or more
 * @param nextShard number that the first new shard will get
 */
export function uniformScaling(open: readonly OpenRange[], target: number, nextShard: number): Reshard[] {
  const steps: Reshard[] = [];
  let next = nextShard;
  const starts = open.map(({ start }) => start);
  const left = [...open].reverse();
  for (let i = 1; i <= target; i++) {
    const end = boundary(i, target, starts) - 1n;
    let whole: OpenRange | undefined;
    while (whole === undefined || whole.end < end) {
      let piece = left.pop()!;
      if (piece.end > end) {
        const [below, above] = splitAt(piece, end + 1n, next);
        steps.push({ parents: [piece.number], ranges: [rangeOf(below), rangeOf(above)] });
        next += 2;
        left.push(above);
        piece = below;
      }
      if (whole !== undefined) {
        const merged: OpenRange = { number: next, start: whole.start, end: piece.end };
        steps.push({ parents: [whole.number, piece.number], ranges: [rangeOf(merged)] });
        next += 1;
        piece = merged;
      }
      whole = piece;
    }
  }
  return steps;
}

/** Where the shard after the `i`th begins: where it should, or the nearest boundary if that is close enough. */
function boundary(i: number, target: number, starts: readonly bigint[]): bigint {
  const ideal = (BigInt(i) * HASH_KEYS) / BigInt(target);
  if (i === target) return ideal;
  const below = lastWhere(starts, (start) => start <= ideal);
  const near = starts
    .slice(below, below + 2)
    .map((start) => ({ start, off: start < ideal ? ideal - start : start - ideal }))
    .filter(({ off }) => off < CLOSE_ENOUGH)
    .sort((a, b) => (a.off < b.off ? -1 : 1));
  return near[0]?.start ?? ideal;
}

function splitAt(shard: OpenRange, middle: bigint, next: number): readonly [OpenRange, OpenRange] {
  return [
    { number: next, start: shard.start, end: middle - 1n },
    { number: next + 1, start: middle, end: shard.end },
  ];
}

function rangeOf({ start, end }: OpenRange): HashKeyRange {
  return { start, end };
}
