import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALERT_STATES, type Alert, episodeId, VITALS } from './alert.ts';
import { decodeAlert, encodeAlert } from './alert-codec.ts';
import { formatStatusTime } from './status-time.ts';

const ALERT: Alert = {
  name: 'Rocinante',
  state: 'firing',
  vital: 'magic',
  value: 49,
  magicPoints: 49,
  episode: 'Rocinante@2026-01-31 12:00:00.000',
  since: '2026-01-31 12:00:00.000',
  statusTime: '2026-01-31 12:00:00.000',
  latitude: 40.749167,
  longitude: -73.985184,
};

const changed = (changes: Record<string, unknown>) => JSON.stringify({ ...ALERT, ...changes });

const integer = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const degrees = (most: number) => fc.double({ min: -most, max: most, noNaN: true }).map((one) => one + 0);

const alerts: fc.Arbitrary<Alert> = fc
  .record({
    name: fc.oneof(
      fc.constantFrom('Shadowfax', '🦄', 'a@b', '"'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    ),
    state: fc.constantFrom(...ALERT_STATES),
    vital: fc.constantFrom(...VITALS),
    value: integer,
    magicPoints: integer,
    start: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    after: fc.nat(),
    latitude: degrees(90),
    longitude: degrees(180),
  })
  .map(({ start, after, ...rest }) => ({
    ...rest,
    episode: episodeId(rest.name, rest.vital, formatStatusTime(start)),
    since: formatStatusTime(start),
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

  it('is written with its own attributes and those for people alone, and read so', () => {
    const more = { ...ALERT, colour: 'white' };
    expect(JSON.parse(encodeAlert(more))).toEqual({
      ...ALERT,
      map: 'https://www.openstreetmap.org/?mlat=40.74917&mlon=-73.98518#map=16/40.74917/-73.98518',
      text: 'Rocinante is low on magic: 49 magic points at 40.74917, -73.98518, low since 2026-01-31 12:00:00.000 UTC.',
    });
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
    [changed({ state: 'low' }), 'state must be one of firing, still-firing, recovered (given "low")'],
    [changed({ vital: 'toString' }), 'vital must be one of magic, health (given "toString")'],
    [changed({ value: null }), 'value must be a 32-bit integer (given null)'],
    [changed({ magicPoints: 49.5 }), 'magicPoints must be a 32-bit integer (given 49.5)'],
    [changed({ magicPoints: 2 ** 31 }), 'magicPoints must be a 32-bit integer (given 2147483648)'],
    [changed({ magicPoints: '49' }), 'magicPoints must be a 32-bit integer (given "49")'],
    [changed({ since: 7 }), 'since must be a time such as 2026-01-31 12:00:00.000 (given 7)'],
    [
      changed({ episode: 'Rocinante' }),
      'episode must be the name, \'@\' and since, of the health with /health behind (given "Rocinante")',
    ],
    [
      changed({ vital: 'health' }),
      'episode must be the name, \'@\' and since, of the health with /health behind (given "Rocinante@2026-01-31 12:00:00.000")',
    ],
    [changed({ latitude: -90.1 }), 'latitude must be from -90 to 90 (given -90.1)'],
    [changed({ longitude: '7' }), 'longitude must be from -180 to 180 (given "7")'],
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
