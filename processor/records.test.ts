import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kinesisEvent, kinesisRecord, SHARD, sequenceNumber } from './fixture.ts';
import { compareSequenceNumbers, decodeRecords } from './records.ts';

describe('decodeRecords', () => {
  it('hands every byte to the decoder, in the order of the batch', () => {
    const contents = [Buffer.from([0, 255, 128, 10]), Buffer.from('Rociñante 🦄'), Buffer.alloc(0)];
    const event = kinesisEvent(
      contents.map((data, n) => kinesisRecord({ n, data, arrival: 1_700_000_000_123 })),
    );
    const records = decodeRecords(event, (bytes) => ({
      ok: true as const,
      hex: Buffer.from(bytes).toString('hex'),
    }));
    expect(records.map(({ decoded }) => decoded)).toEqual(
      contents.map((data) => ({ ok: true, hex: data.toString('hex') })),
    );
    expect(records.map((record) => record.sequenceNumber)).toEqual([0, 1, 2].map(sequenceNumber));
    expect(records[0]?.arrival).toBe(1_700_000_000_123);
  });

  it('keeps the place of what the decoder refuses', () => {
    const event = kinesisEvent([kinesisRecord({ n: 1, data: 'a' }), kinesisRecord({ n: 2, data: 'b' })]);
    const [first, second] = decodeRecords(event, (bytes) =>
      bytes[0] === 97 ? { ok: false, reason: 'not this one' } : { ok: true as const },
    );
    expect(first?.decoded).toEqual({ ok: false, reason: 'not this one' });
    expect(second?.decoded).toEqual({ ok: true });
  });

  it.each([[{}], [null], [{ Records: [{ body: 'from a queue' }] }]])(
    'says what it expects when given %j',
    (event) => {
      expect(() => decodeRecords(event as never, () => ({ ok: false, reason: '' }))).toThrow(
        /Kinesis trigger/,
      );
    },
  );
});

it('knows where a record stood, and that an event written by hand may not say', () => {
  const source = kinesisRecord({ n: 5, data: '', stream: 'wildrydes-aggregated' });
  const { eventID: _, eventSourceARN: __, ...byHand } = source;
  const records = decodeRecords(kinesisEvent([source, byHand as typeof source]), () => ({
    ok: true as const,
  }));
  expect(records).toMatchObject([
    { stream: 'wildrydes-aggregated', shardId: SHARD },
    { stream: 'unknown', shardId: undefined },
  ]);
});

it('orders sequence numbers as integers', () => {
  const digits = fc.bigInt({ min: 0n, max: 10n ** 57n });
  fc.assert(
    fc.property(digits, digits, (a, b) => {
      const expected = a < b ? -1 : a > b ? 1 : 0;
      expect(Math.sign(compareSequenceNumbers(String(a), String(b)))).toBe(expected);
    }),
  );
});
