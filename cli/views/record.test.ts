import { Chalk } from 'chalk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StreamRecord } from '../../stream/record.ts';
import { encodeQuarantineEntry, quarantineEntry } from '../../telemetry/quarantine-codec.ts';
import { recordAsJson, recordAsLine, shardName } from './record.ts';

const ARRIVAL = Date.UTC(2026, 10, 21, 6, 30, 0, 125);
const plain = recordAsLine(new Chalk({ level: 0 }));

function record(data: string | Uint8Array, partitionKey = 'Rocinante'): StreamRecord {
  return {
    shardId: 'shardId-000000000012',
    sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
    partitionKey,
    data: Buffer.from(data as string),
    arrival: ARRIVAL,
  };
}

const NOT_UTF8 = Buffer.from([0xff, 0xfe, 0x00]);

describe('NDJSON', () => {
  test('where the record stands, and its content as it is', () => {
    expect(JSON.parse(recordAsJson('wildrydes', record('{"Name":"Rocinante 🦄"}\n')))).toEqual({
      shardId: 'shardId-000000000012',
      sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
      partitionKey: 'Rocinante',
      arrival: '2026-11-21T06:30:00.125Z',
      data: '{"Name":"Rocinante 🦄"}\n',
    });
  });

  test('any content comes through whole, on one line', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
        ),
        (data) => {
          const line = recordAsJson('wildrydes', record(data));
          expect(line).not.toMatch(/[\r\n]/);
          const shown = JSON.parse(line) as { data?: string; base64?: string };
          expect([shown.data, shown.base64].filter((one) => one !== undefined)).toHaveLength(1);
          const bytes =
            shown.data === undefined ? Buffer.from(shown.base64!, 'base64') : Buffer.from(shown.data);
          expect(Buffer.compare(bytes, data)).toBe(0);
        },
      ),
    );
  });

  test('content that is not UTF-8 is base64', () => {
    expect(JSON.parse(recordAsJson('wildrydes', record(NOT_UTF8)))).toMatchObject({ base64: '//4A' });
  });

  test('a quarantine entry with its content decoded', () => {
    const entry = encodeQuarantineEntry(
      quarantineEntry({
        stream: 'wildrydes',
        shardId: 's-1',
        sequenceNumber: '7',
        reason: 'no JSON',
        data: Buffer.from('{'),
      }),
    );
    const shown = JSON.parse(recordAsJson('wildrydes-quarantine', record(entry)));
    expect(shown.data).toBe(entry);
    expect(shown.quarantined).toEqual({
      stream: 'wildrydes',
      shardId: 's-1',
      sequenceNumber: '7',
      reason: 'no JSON',
      bytes: 1,
      data: '{',
    });
    expect(JSON.parse(recordAsJson('other', record(entry)))).not.toHaveProperty('quarantined');
  });
});

describe('a line for a person', () => {
  test('arrival, shard, key, content', () => {
    expect(plain('wildrydes', record('{"Name":"Rocinante"}\n'))).toBe(
      '2026-11-21 06:30:00.125  12  Rocinante  {"Name":"Rocinante"}',
    );
  });

  test('no record can drive the terminal or break the line', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.constantFrom('\u001b[2J', '\u0007', '\r', '\n', '\u009b31m', '\u202e', 'a'))
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(hostile, hostile, hostile, fc.boolean(), (data, key, reason, inQuarantine) => {
        const content = inQuarantine
          ? encodeQuarantineEntry(
              quarantineEntry({
                stream: reason,
                shardId: reason,
                sequenceNumber: reason,
                reason,
                data: Buffer.from(data),
              }),
            )
          : data;
        const line = plain(inQuarantine ? 'wildrydes-quarantine' : 'wildrydes', record(content, key));
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  test('colours only when there are colours', () => {
    const coloured = recordAsLine(new Chalk({ level: 1 }))('wildrydes', record('{}'));
    expect(coloured).toContain('\u001b[36mRocinante\u001b[39m');
    expect(plain('wildrydes', record('{}'))).not.toContain('\u001b');
  });

  test('content that is not UTF-8 is base64', () => {
    expect(plain('wildrydes', record(NOT_UTF8))).toMatch(/ {2}base64:\/\/4A$/);
  });

  test('long content is cut between characters, and says how long it is', () => {
    const line = plain('wildrydes', record(`x${'🦄'.repeat(5_000)}`));
    expect(line.length).toBeLessThan(2_100);
    expect(line).toMatch(/🦄… \(20001 bytes\)$/);
    expect(line).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
  });

  test('a quarantine entry: why, where it stood, and its content', () => {
    const entry = quarantineEntry({
      stream: 'wildrydes',
      shardId: 'shardId-000000000000',
      sequenceNumber: '7',
      reason: 'Distance must be from 0 to 1000000 (given -3)',
      data: Buffer.from('{"Distance":-3}'),
    });
    expect(plain('wildrydes-quarantine', record(encodeQuarantineEntry(entry)))).toBe(
      '2026-11-21 06:30:00.125  12  Rocinante  Distance must be from 0 to 1000000 (given -3)  wildrydes 0 7:  {"Distance":-3}',
    );
    expect(plain('wildrydes-quarantine', record('not an entry'))).toMatch(/ {2}not an entry$/);
  });

  test('a shard in short', () => {
    expect(['shardId-000000000000', 'shardId-000000000120', 'other'].map(shardName)).toEqual([
      '0',
      '120',
      'other',
    ]);
  });
});
