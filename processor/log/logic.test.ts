import { describe, expect, it } from 'vitest';
import { kinesisEvent, kinesisRecord, sequenceNumber } from '../fixture.ts';
import { decodeRecords } from '../records.ts';
import { HANDLED } from '../settle.ts';
import sample from './event.json' with { type: 'json' };
import { decodeText, logRecords } from './logic.ts';

type Line = readonly [message: string, details: Readonly<Record<string, string | number>>];

function linesOf(data: string | Uint8Array, key = 'Rocinante'): Line[] {
  const lines: Line[] = [];
  const records = decodeRecords(kinesisEvent([kinesisRecord({ n: 1, data, key })]), decodeText);
  const verdicts = logRecords(records, { info: (message, details) => void lines.push([message, details]) });
  expect(verdicts).toEqual([HANDLED]);
  return lines;
}

const shown = (data: string | Uint8Array) => linesOf(data)[0]![1];

describe('the event logger', () => {
  it('prints a line for each record, in the order of the batch', () => {
    const lines: Line[] = [];
    const records = decodeRecords(sample, decodeText);
    logRecords(records, { info: (message, details) => void lines.push([message, details]) });
    expect(lines.map(([message]) => message)).toEqual([
      'a record of text',
      'a record of text',
      'a record of bytes',
    ]);
    expect(lines[0]?.[1].text).toBe('Hello from the command line, naïve 🦄');
    expect(lines.map(([, { sequenceNumber: number }]) => number)).toEqual(
      sample.Records.map(({ kinesis }) => kinesis.sequenceNumber),
    );
  });

  it('tells where each record stood, and how long it is', () => {
    expect(linesOf('naïve 🦄')).toEqual([
      [
        'a record of text',
        { sequenceNumber: sequenceNumber(1), partitionKey: 'Rocinante', bytes: 11, text: 'naïve 🦄' },
      ],
    ]);
  });

  it.each([
    ['a line\r\nand one more\n', 'a line␍␊and one more␊'],
    ['\u001b[31mred', '␛[31mred'],
    ['\u007f\u009b', '␡⟨U+009B⟩'],
    ['\u202eabc\u2028\ufeff', '⟨U+202E⟩abc⟨U+2028⟩⟨U+FEFF⟩'],
    ['', ''],
  ])('makes visible what drives a terminal: case %#', (text, expected) => {
    expect(shown(text).text).toBe(expected);
  });

  it('makes it visible in a partition key too', () => {
    expect(linesOf('x', 'a\u0007b')[0]?.[1].partitionKey).toBe('a␇b');
  });

  it('tells bytes that are no text as bytes, the first of them', () => {
    expect(linesOf(Uint8Array.of(0xff, 0x00, 0x41))).toEqual([
      [
        'a record of bytes',
        { sequenceNumber: sequenceNumber(1), partitionKey: 'Rocinante', bytes: 3, hex: 'ff0041' },
      ],
    ]);
    const { bytes, hex } = shown(new Uint8Array(1000).fill(0xff));
    expect({ bytes, hex }).toEqual({ bytes: 1000, hex: `${'ff'.repeat(64)}…` });
  });

  it('cuts a text that a log event would not hold, however it is shown', () => {
    const { text, bytes } = shown('\u202e'.repeat(300_000));
    expect(bytes).toBe(900_000);
    expect(String(text)).toMatch(/⟩…$/);
    expect(Buffer.byteLength(String(text))).toBeLessThan(256 * 1024 - 1024);
  });
});
