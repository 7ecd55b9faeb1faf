import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from './alert.ts';
import { alertMap, alertSubject, alertText } from './alert-text.ts';

const FIRING: Alert = {
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
const LATER: Alert = { ...FIRING, statusTime: '2026-01-31 12:05:00.000', value: 40, magicPoints: 40 };

describe('an alert in words', () => {
  it.each([
    [
      FIRING,
      'Rocinante is low on magic: 49 magic points at 40.74917, -73.98518, low since 2026-01-31 12:00:00.000 UTC.',
    ],
    [
      { ...LATER, state: 'still-firing' as const },
      'Rocinante is still low on magic: 40 magic points at 40.74917, -73.98518, low since 2026-01-31 12:00:00.000 UTC.',
    ],
    [
      { ...LATER, state: 'recovered' as const, value: 55 },
      'Rocinante has recovered: 55 magic points at 40.74917, -73.98518, low from 2026-01-31 12:00:00.000 to 2026-01-31 12:05:00.000 UTC.',
    ],
    [
      { ...LATER, state: 'recovered' as const, vital: 'health' as const, value: 80 },
      'Rocinante is in good health again: 80 health points at 40.74917, -73.98518, low from 2026-01-31 12:00:00.000 to 2026-01-31 12:05:00.000 UTC.',
    ],
  ])('says who, what, where and since when', (alert, text) => {
    expect(alertText(alert)).toBe(text);
  });

  it('is one line, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(alertText({ ...FIRING, name })).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('the map', () => {
  it('has a marker where the unicorn was', () => {
    expect(alertMap(FIRING)).toBe(
      'https://www.openstreetmap.org/?mlat=40.74917&mlon=-73.98518#map=16/40.74917/-73.98518',
    );
  });

  it('writes no place in exponential notation, or with a minus alone', () => {
    expect(alertMap({ latitude: 1e-7, longitude: -1e-7 })).toBe(
      'https://www.openstreetmap.org/?mlat=0.00000&mlon=0.00000#map=16/0.00000/0.00000',
    );
  });
});

describe('the subject', () => {
  it.each([
    ['Rocinante', 'Wild Rydes: Rocinante is low on magic'],
    ['🦄', 'Wild Rydes: a unicorn is low on magic'],
    ['🦄 of  Łódź 7', 'Wild Rydes: ? of ?d? 7 is low on magic'],
    ['n'.repeat(256), `Wild Rydes: ${'n'.repeat(68)}... is low on magic`],
  ])('of %s', (name, subject) => {
    expect(alertSubject({ ...FIRING, name })).toBe(subject);
  });

  it('is what SNS takes, whatever the name', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('a', ' ', 'é', '🦄', '\n'), minLength: 1 }),
      fc.string({ minLength: 60, maxLength: 256 }),
    );
    fc.assert(
      fc.property(name, fc.constantFrom('firing', 'still-firing', 'recovered'), (name, state) => {
        expect(alertSubject({ ...FIRING, name, state, vital: 'health' })).toMatch(/^[A-Za-z][ -~]{0,98}$/);
      }),
    );
  });
});
