import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeKey, changesOf, indexIn, streamKey } from './keys.ts';
import { counterIn, LATEST_ID, sequenceNumberOf } from './sequence-number.ts';

/** Fewer changes than fit into the millisecond before the next stream. */
const place = fc.tuple(fc.integer({ min: 0, max: LATEST_ID }), fc.integer({ min: 0, max: 2 ** 20 - 1 }));

/** The order of places: by stream, then by index. */
function inOrder(a: readonly number[], b: readonly number[]): boolean {
  return a[0] === b[0] ? a[1]! < b[1]! : a[0]! < b[0]!;
}

describe('sequence numbers and keys', () => {
  it('say what they were made of', () => {
    fc.assert(
      fc.property(place, ([id, counter]) => {
        expect(sequenceNumberOf(id, counter)).toMatch(/^\d{28}$/);
        expect(counterIn(sequenceNumberOf(id, counter), id)).toBe(counter);
        expect(counterIn(sequenceNumberOf(id, counter), id + 1)).toBeUndefined();
        expect(indexIn(changeKey(id, counter))).toBe(counter);
        const { gt, lt } = changesOf(id);
        expect(changeKey(id, counter) > gt && changeKey(id, counter) < lt).toBe(true);
      }),
    );
  });

  it('are in the order of streams and changes, as numbers and as text', () => {
    // Streams of one minute are told apart by the millisecond alone.
    const ofOneMinute = fc
      .tuple(fc.integer({ min: 60_000, max: 119_999 }), place)
      .map(([id, [, n]]) => [id, n]);
    const anyPlace = fc.oneof(place, ofOneMinute);
    fc.assert(
      fc.property(anyPlace, anyPlace, ([id, counter], [otherId, otherCounter]) => {
        const [a, b] = [sequenceNumberOf(id!, counter!), sequenceNumberOf(otherId!, otherCounter!)];
        const before = inOrder([id!, counter!], [otherId!, otherCounter!]);
        expect(BigInt(a) < BigInt(b)).toBe(before);
        expect(a < b).toBe(before);
        expect(changeKey(id!, counter!) < changeKey(otherId!, otherCounter!)).toBe(before);
        expect(streamKey(id!) < streamKey(otherId!)).toBe(id! < otherId!);
      }),
    );
  });

  it('increase in a stream of any length', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: LATEST_ID }),
        fc.integer({ min: 0, max: 10 ** 11 - 2 }),
        (id, n) => {
          expect(sequenceNumberOf(id, n) < sequenceNumberOf(id, n + 1)).toBe(true);
          expect(counterIn(sequenceNumberOf(id, n), id)).toBe(n);
        },
      ),
    );
  });

  it('of the earlier form mean the same place', () => {
    expect(counterIn('176736960012300000000007', 1_767_369_600_123)).toBe(7);
    expect(counterIn('176736960012300000000007', 1_767_369_600_124)).toBeUndefined();
  });

  it.each([
    '',
    '1',
    'x'.repeat(28),
    '123456789012345678901234567',
    '12345678901234567890123456789',
    `${'0'.repeat(8)}${'9'.repeat(20)}`,
  ])('are not %j', (text) => {
    expect(counterIn(text, 0)).toBeUndefined();
  });
});
