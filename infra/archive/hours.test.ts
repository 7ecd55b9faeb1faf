import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ARCHIVE_DELIVERY } from '../../processor/archive/delivery.ts';
import { hourOf, hourOfKey, hoursOf, prefixOf } from './hours.ts';

const moments = fc.integer({ min: Date.parse('2000-01-01'), max: Date.parse('2199-12-31') });

test('keys are those that the delivery stream writes', () => {
  const parts: Record<string, string> = { yyyy: '2026', MM: '05', dd: '01', HH: '09' };
  const prefix = ARCHIVE_DELIVERY.prefix.replace(
    /!\{timestamp:(\w+)\}/g,
    (_, part: string) => parts[part] ?? '',
  );
  expect(prefixOf(Date.parse('2026-05-01T09:59:59Z'))).toBe(prefix);
});

test('an hour is read back from its keys, and keys sort as hours do', () => {
  fc.assert(
    fc.property(moments, moments, (one, other) => {
      const [key, another] = [one, other].map((moment) => `${prefixOf(moment)}object.gz`);
      expect(hourOfKey(key!)).toBe(hourOf(one));
      expect(Math.sign(Number(key! > another!) - Number(key! < another!))).toBe(
        Math.sign(hourOf(one) - hourOf(other)),
      );
    }),
  );
});

test('of a span: an hour more on each side, for what came early or late', () => {
  expect(hoursOf({ since: Date.parse('2026-05-01T09:30Z'), until: Date.parse('2026-05-01T10:00Z') })).toEqual(
    { first: Date.parse('2026-05-01T08:00Z'), last: Date.parse('2026-05-01T11:00Z') },
  );
  expect(hoursOf({ since: undefined, until: undefined })).toEqual({ first: undefined, last: undefined });
});

test.each([
  'readings/year=2026/month=05/day=01/hour=09/',
  'readings/year=2026/month=13/day=01/hour=09/x.gz',
  'readings/x.gz',
  'failed/processing-failed/2026/05/01/09/x.gz',
])('%s is no object of readings', (key) => {
  expect(hourOfKey(key)).toBeUndefined();
});
