import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evenRanges, HASH_KEYS } from './hash-key.ts';
import { type OpenRange, uniformScaling } from './uniform-scaling.ts';

const created = (count: number): OpenRange[] =>
  evenRanges(count).map((range, number) => ({ ...range, number }));

/** Carries steps out, checking each. */
function carryOut(
  open: readonly OpenRange[],
  target: number,
  from: number,
): { open: OpenRange[]; next: number } {
  const shards = new Map(open.map((shard) => [shard.number, shard]));
  let next = from;
  for (const { parents, ranges } of uniformScaling(open, target, from)) {
    const closing = parents.map((number) => shards.get(number));
    // A split or a merge, of open shards, over the same keys, in pieces that follow one another and are not tiny.
    const [first, last = first] = closing;
    const [lower, upper = lower] = ranges;
    const sound =
      parents.length + ranges.length === 3 &&
      first !== undefined &&
      last !== undefined &&
      lower !== undefined &&
      upper !== undefined &&
      lower.start === first.start &&
      upper.end === last.end &&
      (first === last || first.end + 1n === last.start) &&
      (lower === upper || lower.end + 1n === upper.start) &&
      ranges.every(({ start, end }) => end > start);
    if (!sound) throw new Error(`not a split or a merge: ${parents} to ${ranges.map(({ start }) => start)}`);
    for (const number of parents) shards.delete(number);
    for (const range of ranges) {
      shards.set(next, { ...range, number: next });
      next += 1;
    }
  }
  return { open: [...shards.values()].sort((a, b) => (a.start < b.start ? -1 : 1)), next };
}

/** Every hash key has one shard; the boundaries. */
function boundaries(open: readonly OpenRange[]): bigint[] {
  let expected = 0n;
  for (const { start, end } of open) {
    if (start !== expected) throw new Error(`key ${expected} has no shard, or two (given ${start})`);
    expected = end + 1n;
  }
  expect(expected).toBe(HASH_KEYS);
  return open.map(({ start }) => start);
}

/** Counts as the API allows them, one after another. */
const factors = fc.array(fc.double({ min: 0.5, max: 2, noNaN: true }), { minLength: 1, maxLength: 8 });
const scaled = (count: number, by: number): number =>
  Math.min(500, Math.max(Math.ceil(count / 2), Math.floor(count * by)));

test('from one shard, makes shards whose sizes differ by one key at most, whatever the counts', () => {
  fc.assert(
    fc.property(factors, (all) => {
      let state = { open: created(1), next: 1 };
      for (const by of [2, 2, 2, ...all]) {
        const target = scaled(state.open.length, by);
        state = carryOut(state.open, target, state.next);
        expect(state.open).toHaveLength(target);
        boundaries(state.open);
        const sizes = state.open.map(({ start, end }) => end - start);
        const inOrder = sizes.sort((a, b) => (a < b ? -1 : 1));
        expect(inOrder.at(-1)! - inOrder[0]!).toBeLessThanOrEqual(1n);
      }
    }),
    { numRuns: 30 },
  );
});

test('from any number of shards, puts each boundary within a few keys of where it belongs', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 250 }), factors, (first, all) => {
      let state = { open: created(first), next: first };
      for (const by of all) {
        const target = scaled(state.open.length, by);
        state = carryOut(state.open, target, state.next);
        for (const [i, start] of boundaries(state.open).entries()) {
          const off = start - (BigInt(i) * HASH_KEYS) / BigInt(target);
          if (off <= -1_000n || off >= 1_000n) throw new Error(`boundary ${i} of ${target} is off by ${off}`);
        }
      }
    }),
    { numRuns: 30 },
  );
});

test('evens out shards of any sizes', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.bigInt({ min: 2n, max: HASH_KEYS - 3n }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 40 }),
      (cuts, target) => {
        const starts = [0n, ...cuts.map((cut) => cut - (cut % 2n)).sort((a, b) => (a < b ? -1 : 1))];
        const distinct = [...new Set(starts)];
        const open = distinct.map((start, number) => ({
          number,
          start,
          end: (distinct[number + 1] ?? HASH_KEYS) - 1n,
        }));
        const { open: after } = carryOut(open, target, open.length);
        expect(boundaries(after)).toHaveLength(target);
      },
    ),
  );
});

test.each([2, 3, 7, 125, 250])('doubles and halves %i shards with the fewest steps', (count) => {
  const doubled = carryOut(created(count), 2 * count, count);
  expect(doubled.next).toBe(3 * count);
  const halved = carryOut(doubled.open, count, doubled.next);
  expect(halved.next).toBe(4 * count);
  expect(boundaries(halved.open)).toEqual(created(count).map(({ start }) => start));
});

test('leaves shards that are even as they are', () => {
  expect(uniformScaling(created(7), 7, 7)).toEqual([]);
});
