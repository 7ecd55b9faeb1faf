import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredRecord } from '../../kinesis/source.ts';
import { recordSize, Tail } from './tail.ts';

function record(index: number, bytes: number): StoredRecord {
  return {
    index,
    sequenceNumber: String(index),
    partitionKey: 'k',
    data: Buffer.alloc(bytes),
    arrival: index,
  };
}

describe('the tail', () => {
  it('holds the newest records within its bound, and at least one', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1 }), (sizes) => {
        const tail = new Tail(50, 7);
        for (const [i, bytes] of sizes.entries()) tail.push(record(7 + i, bytes));
        const held = tail.read(tail.first, sizes.length, Number.POSITIVE_INFINITY);
        expect(held.map(({ index }) => index)).toEqual(
          Array.from({ length: held.length }, (_, i) => 7 + sizes.length - held.length + i),
        );
        const bytes = held.reduce((sum, each) => sum + recordSize(each), 0);
        expect(held.length === 1 || bytes <= 50).toBe(true);
        const before = sizes[sizes.length - held.length - 1];
        if (before !== undefined) expect(bytes + before + 1).toBeGreaterThan(50);
      }),
    );
  });

  it('is read up to a number of records and of bytes, but one at least', () => {
    const tail = new Tail(1_000, 0);
    for (let index = 0; index < 5; index++) tail.push(record(index, 9));
    const read = (from: number, records: number, bytes: number) =>
      tail.read(from, records, bytes).map(({ index }) => index);
    expect(read(1, 2, 1_000)).toEqual([1, 2]);
    expect(read(0, 5, 30)).toEqual([0, 1, 2]);
    expect(read(0, 5, 29)).toEqual([0, 1]);
    expect(read(3, 5, 0)).toEqual([3]);
    expect(read(5, 5, 1_000)).toEqual([]);
  });

  it('knows where a time is, unless that may be before what it holds', () => {
    const tail = new Tail(1_000, 3);
    expect(tail.indexAtTime(0)).toBeUndefined();
    for (let index = 3; index < 6; index++) tail.push(record(index, 9));
    expect([2, 3, 4, 5, 6].map((time) => tail.indexAtTime(time))).toEqual([undefined, undefined, 4, 5, 6]);
  });

  it('lets go of what was deleted', () => {
    const tail = new Tail(1_000, 0);
    for (let index = 0; index < 5; index++) tail.push(record(index, 9));
    tail.dropBefore(3);
    expect([tail.first, tail.read(3, 9, 1_000).length]).toEqual([3, 2]);
    tail.dropBefore(9);
    expect([tail.first, tail.read(9, 9, 1_000).length]).toEqual([9, 0]);
  });
});
