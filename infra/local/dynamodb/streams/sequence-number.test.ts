import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeKey, changesOf, indexIn, streamKey } from './keys.ts';
import { counterIn, LATEST_ID, sequenceNumberOf } from './sequence-number.ts';

const place = fc.tuple(fc.integer({ min: 0, max: LATEST_ID }), fc.integer({ min: 0, max: 99_999_999_999 }));

/** The order of places: by stream, then by index. */
function inOrder(a: readonly number[], b: readonly number[]): boolean {
  return a[0] === b[0] ? a[1]! < b[1]! : a[0]! < b[0]!;
}

describe('sequence numbers and keys', () => {
  it('say what they were made of', () => {
    fc.assert(
      fc.property(place, ([id, counter]) => {
        expect(sequenceNumberOf(id, counter)).toMatch(/^\d{24}$/);
        expect(counterIn(sequenceNumberOf(id, counter), id)).toBe(counter);
        expect(counterIn(sequenceNumberOf(id, counter), id + 1)).toBeUndefined();
        expect(indexIn(changeKey(id, counter))).toBe(counter);
        const { gt, lt } = changesOf(id);
        expect(changeKey(id, counter) > gt && changeKey(id, counter) < lt).toBe(true);
      }),
    );
  });

  it('are in the order of streams and changes, as numbers and as text', () => {
    fc.assert(
      fc.property(place, place, ([id, counter], [otherId, otherCounter]) => {
        const before = inOrder([id, counter], [otherId, otherCounter]);
        const [a, b] = [sequenceNumberOf(id, counter), sequenceNumberOf(otherId, otherCounter)];
        expect(BigInt(a) < BigInt(b)).toBe(before);
        expect(a < b).toBe(before);
        expect(changeKey(id, counter) < changeKey(otherId, otherCounter)).toBe(before);
        expect(streamKey(id) < streamKey(otherId)).toBe(id < otherId);
      }),
    );
  });

  it.each(['', '1', 'x'.repeat(24), '12345678901234567890123', '1234567890123456789012345'])(
    'are not %j',
    (text) => {
      expect(counterIn(text, 0)).toBeUndefined();
    },
  );
});
