import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeQuarantineEntry,
  encodeQuarantineEntry,
  LARGEST_PAYLOAD,
  LONGEST_REASON,
  quarantineEntry,
} from './quarantine-codec.ts';
import { KINESIS_LIMITS } from './topology.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

const REFUSED = {
  stream: 'wildrydes',
  shardId: 'shardId-000000000000',
  sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
  reason: 'Distance must be from 0 to 1000000 (given -3)',
  data: utf8('{"Distance":-3}'),
};

function changed(changes: Record<string, unknown>): Uint8Array {
  return utf8(JSON.stringify({ ...quarantineEntry(REFUSED), ...changes }));
}

describe('quarantineEntry', () => {
  it('keeps where the record stood, why it was refused, and its bytes', () => {
    expect(quarantineEntry(REFUSED)).toEqual({
      stream: 'wildrydes',
      shardId: 'shardId-000000000000',
      sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
      reason: 'Distance must be from 0 to 1000000 (given -3)',
      payload: 'eyJEaXN0YW5jZSI6LTN9',
      bytes: 15,
    });
  });

  it('is read back as the same entry, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 20 }), (bytes, skipped) => {
        const data = bytes.subarray(Math.min(skipped, bytes.length));
        const entry = quarantineEntry({ ...REFUSED, data });
        expect(Buffer.from(entry.payload, 'base64')).toEqual(Buffer.from(data));
        expect(decodeQuarantineEntry(utf8(encodeQuarantineEntry(entry)))).toEqual({ ok: true, entry });
      }),
    );
  });

  it('fits into a record even for the largest record and the longest reason', () => {
    const data = new Uint8Array(10 * 1024 * 1024).fill(0xff);
    const entry = quarantineEntry({ ...REFUSED, reason: '\u0000'.repeat(2_000_000), data });
    expect(Buffer.from(entry.payload, 'base64').length).toBe(LARGEST_PAYLOAD);
    expect(entry.bytes).toBe(data.length);
    expect(entry.reason.length).toBe(LONGEST_REASON);
    const written = utf8(encodeQuarantineEntry(entry));
    expect(written.length + KINESIS_LIMITS.partitionKeyLength * 4).toBeLessThan(
      KINESIS_LIMITS.bytesPerRecord,
    );
    expect(decodeQuarantineEntry(written)).toEqual({ ok: true, entry });
  });

  it('keeps a record of exactly the largest payload whole, and cuts one of a byte more', () => {
    for (const [length, kept] of [
      [LARGEST_PAYLOAD, LARGEST_PAYLOAD],
      [LARGEST_PAYLOAD + 1, LARGEST_PAYLOAD],
    ] as const) {
      const entry = quarantineEntry({ ...REFUSED, data: new Uint8Array(length) });
      expect(entry.bytes).toBe(length);
      expect(Buffer.from(entry.payload, 'base64').length).toBe(kept);
    }
  });
});

describe('encodeQuarantineEntry', () => {
  it('writes one line', () => {
    expect(encodeQuarantineEntry(quarantineEntry({ ...REFUSED, reason: 'a\nb' }))).toMatch(/^\{[^\n]*\}\n$/);
  });
});

describe('decodeQuarantineEntry', () => {
  it('ignores other attributes', () => {
    expect(decodeQuarantineEntry(changed({ more: 1 }))).toEqual({
      ok: true,
      entry: quarantineEntry(REFUSED),
    });
  });

  it.each([
    [utf8('{'), 'a record must be JSON in UTF-8 (given {)'],
    [Uint8Array.of(0xff), 'a record must be JSON in UTF-8 (given \ufffd)'],
    [utf8('[]'), 'a record must be a JSON object (given [])'],
    [utf8('null'), 'a record must be a JSON object (given null)'],
    [changed({ stream: '' }), 'stream must be a string, not empty'],
    [changed({ shardId: 7 }), 'shardId must be a string, not empty'],
    [changed({ sequenceNumber: undefined }), 'sequenceNumber must be a string, not empty'],
    [changed({ reason: null }), 'reason must be a string, not empty'],
    [changed({ payload: 7 }), 'payload must be base64'],
    [changed({ payload: 'a' }), 'payload must be base64'],
    [changed({ payload: 'not base64!' }), 'payload must be base64'],
    [changed({ bytes: 14 }), "bytes must be the record's length, at least the payload's"],
    [changed({ bytes: 15.5 }), "bytes must be the record's length, at least the payload's"],
    [changed({ bytes: '15' }), "bytes must be the record's length, at least the payload's"],
  ])('refuses %#', (bytes, reason) => {
    expect(decodeQuarantineEntry(bytes)).toEqual({ ok: false, reason });
  });
});
