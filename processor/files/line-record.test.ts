import { describe, expect, it } from 'vitest';
import { LONGEST_LINE } from '../objects/lines.ts';
import { decodeLine } from './line-record.ts';

const READING = {
  Name: 'Shadowfax',
  StatusTime: '2026-01-01 00:00:00.001',
  Latitude: 40.749167,
  Longitude: -73.985184,
  Distance: 30,
  MagicPoints: 150,
  HealthPoints: 149,
};
const SUMMARY = {
  Name: 'Shadowfax',
  StatusTime: '2026-01-01 00:00:00.000',
  Distance: 362,
  MinMagicPoints: 170,
  MaxMagicPoints: 172,
  MinHealthPoints: 146,
  MaxHealthPoints: 149,
};

function decode(text: string | Buffer) {
  const bytes = Buffer.from(text);
  return decodeLine({ number: 1, bytes, length: bytes.length });
}

describe('a line is', () => {
  it('a reading, with its own attributes and no others', () => {
    expect(decode(JSON.stringify({ ...READING, Colour: 'grey' }))).toEqual({
      ok: true,
      item: READING,
      yields: false,
    });
  });

  it('a reading that yields to a summary, at a whole minute in any notation', () => {
    for (const StatusTime of ['2026-01-01 00:00:00', '2026-01-01T01:00:00.0+01:00']) {
      expect(decode(JSON.stringify({ ...READING, StatusTime }))).toEqual({
        ok: true,
        item: { ...READING, StatusTime: '2026-01-01 00:00:00.000' },
        yields: true,
      });
    }
  });

  it('a summary, whether it tells its readings or not', () => {
    for (const summary of [SUMMARY, { ...SUMMARY, Readings: 60 }]) {
      expect(decode(JSON.stringify(summary))).toEqual({ ok: true, item: summary, yields: false });
    }
  });

  it('a summary when it has the attributes of both, however they are written', () => {
    const both = JSON.stringify({ ...READING, ...SUMMARY });
    for (const text of [both, both.replace('"MinMagic', '"\\u004dinMagic')]) {
      expect(decode(text)).toEqual({ ok: true, item: SUMMARY, yields: false });
    }
  });

  it('a reading of a unicorn that is called as an attribute', () => {
    for (const Name of ['MinMagicPoints', '"MinMagicPoints"', 'a\\b']) {
      expect(decode(JSON.stringify({ ...READING, Name }))).toEqual({
        ok: true,
        item: { ...READING, Name },
        yields: false,
      });
    }
  });
});

describe('a line that is neither is refused', () => {
  it.each([
    ['not JSON', '{"Name":"Shadowfax"', /JSON/],
    [
      'a summary between minutes',
      JSON.stringify({ ...SUMMARY, StatusTime: READING.StatusTime }),
      /whole minute/,
    ],
    [
      'a reading without magic',
      JSON.stringify({ ...READING, MagicPoints: undefined }),
      /MagicPoints is missing/,
    ],
    ['two records', `${JSON.stringify(READING)} ${JSON.stringify(READING)}`, /./],
    ['a list', `[${JSON.stringify(READING)}]`, /./],
  ])('%s', (_, text, reason) => {
    expect(decode(text)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
  });

  it('bytes that are not UTF-8, wherever they stand', () => {
    const [before, after] = JSON.stringify({ ...READING, Colour: '?' }).split('?') as [string, string];
    const text = Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)]);
    expect(decode(text).ok).toBe(false);
  });

  it('a line that is too long, without a look into it', () => {
    expect(decodeLine({ number: 1, bytes: Buffer.from('{}'), length: LONGEST_LINE + 1 })).toEqual({
      ok: false,
      reason: 'a line must have at most 1048576 bytes (given 1048577)',
    });
  });
});
