import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from './alert.ts';
import { decodeAlert, encodeAlert } from './alert-codec.ts';
import { formatStatusTime } from './status-time.ts';

const ALERT: Alert = {
  name: 'Rocinante',
  state: 'firing',
  magicPoints: 49,
  episode: 'Rocinante@2026-01-31 12:00:00.000',
  statusTime: '2026-01-31 12:00:00.000',
};

const changed = (changes: Record<string, unknown>) => JSON.stringify({ ...ALERT, ...changes });

const alerts: fc.Arbitrary<Alert> = fc
  .record({
    name: fc.oneof(
      fc.constantFrom('Shadowfax', '🦄', 'a@b', '"'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    ),
    state: fc.constantFrom('firing' as const, 'recovered' as const),
    magicPoints: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    start: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    after: fc.nat(),
  })
  .map(({ name, state, magicPoints, start, after }) => ({
    name,
    state,
    magicPoints,
    episode: `${name}@${formatStatusTime(start)}`,
    statusTime: formatStatusTime(start + after),
  }));

describe('an alert', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(alerts, (alert) => {
        expect(decodeAlert(encodeAlert(alert))).toEqual(alert);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is written as nothing but its own attributes, and read so', () => {
    const more = { ...ALERT, colour: 'white' };
    expect(JSON.parse(encodeAlert(more))).toEqual(ALERT);
    expect(decodeAlert(JSON.stringify(more))).toEqual(ALERT);
  });

  it('has its time in canonical form', () => {
    expect(decodeAlert(changed({ statusTime: '2026-01-31T13:00:00+01:00' }))).toEqual(ALERT);
  });
});

describe('decodeAlert', () => {
  it.each([
    ['Rocinante is low on magic', 'an alert must be JSON (given Rocinante is low on magic)'],
    ['', 'an alert must be JSON (given nothing)'],
    ['[]', 'an alert must be a JSON object (given [])'],
    ['null', 'an alert must be a JSON object (given null)'],
    [changed({ name: undefined }), 'name is missing'],
    [changed({ name: 7 }), 'name must be a string (given 7)'],
    [changed({ name: '' }), 'name must not be empty (given nothing)'],
    [changed({ state: 'low' }), 'state must be firing or recovered (given "low")'],
    [changed({ magicPoints: 49.5 }), 'magicPoints must be a 32-bit integer (given 49.5)'],
    [changed({ magicPoints: 2 ** 31 }), 'magicPoints must be a 32-bit integer (given 2147483648)'],
    [changed({ magicPoints: '49' }), 'magicPoints must be a 32-bit integer (given "49")'],
    [
      changed({ episode: 'Rocinante' }),
      'episode must be the name, \'@\' and a StatusTime (given "Rocinante")',
    ],
    [
      changed({ episode: 'Shadowfax@2026-01-31 12:00:00.000' }),
      'episode must be the name, \'@\' and a StatusTime (given "Shadowfax@2026-01-31 12:00:00.000")',
    ],
    [
      changed({ statusTime: '2026-02-30 12:00:00' }),
      'statusTime must be a time such as 2026-01-31 12:00:00.000 (given "2026-02-30 12:00:00")',
    ],
  ])('refuses %s', (text, reason) => {
    expect(decodeAlert(text)).toEqual({ ok: false, reason });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(decodeAlert(text)).toMatchObject({ ok: false });
      }),
      { numRuns: 1_000 },
    );
  });
});
