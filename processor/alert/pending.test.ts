import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Alert, episodeId } from '../../telemetry/alert.ts';
import { encodeAlert } from '../../telemetry/alert-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { fitPending, MOST_PENDING } from './pending.ts';

function message(state: Alert['state'], vital: Alert['vital'], since: number, second: number): string {
  const time = formatStatusTime(since * 1000);
  return encodeAlert({
    name: 'Rocinante',
    state,
    vital,
    value: 7,
    magicPoints: 7,
    episode: episodeId('Rocinante', vital, time),
    since: time,
    statusTime: formatStatusTime(second * 1000),
    latitude: 0,
    longitude: 0,
  });
}

const brief = (text: string) => {
  const { state, vital, since } = JSON.parse(text) as Alert;
  return `${vital} ${state} ${since.slice(14, 19)}`;
};

describe('room among what is pending', () => {
  it('is not needed for 50', () => {
    const messages = Array.from({ length: MOST_PENDING }, (_, n) => message('still-firing', 'magic', 0, n));
    expect(fitPending(messages)).toBe(messages);
  });

  it('is made by what tells that an episode lasts, the oldest first, and never by the first of all', () => {
    const messages = Array.from({ length: MOST_PENDING + 2 }, (_, n) =>
      message('still-firing', 'magic', 0, n),
    );
    expect(fitPending(messages)).toEqual([messages[0], ...messages.slice(3)]);
  });

  it('is made by the oldest episode that is over, then', () => {
    const over = Array.from({ length: MOST_PENDING / 2 }, (_, n) => [
      message('firing', 'magic', 2 * n, 2 * n),
      message('recovered', 'magic', 2 * n, 2 * n + 1),
    ]).flat();
    const messages = [...over, message('firing', 'health', 200, 200)];
    // The first may be on its way: then its episode is known, and its end must be, too.
    expect(fitPending(messages)).toEqual([...messages.slice(0, 2), ...messages.slice(4)]);
  });

  it('leaves alone what it cannot read', () => {
    const messages = Array.from({ length: MOST_PENDING + 1 }, (_, n) => `{"an":"earlier version","n":${n}}`);
    expect(fitPending(messages)).toBe(messages);
  });

  it('leaves of every unicorn’s messages what ends in the same state', () => {
    // Two vitals that open, last and end, one message at a time.
    const turns = fc.array(fc.tuple(fc.constantFrom('magic', 'health'), fc.boolean()), {
      minLength: 60,
      maxLength: 150,
    });
    fc.assert(
      fc.property(turns, (all) => {
        const open = new Map<string, number>();
        let messages: readonly string[] = [];
        const everything: string[] = [];
        for (const [second, [vital, lasts]] of all.entries()) {
          const since = open.get(vital);
          const state = since === undefined ? 'firing' : lasts ? 'still-firing' : 'recovered';
          if (state === 'firing') open.set(vital, second);
          if (state === 'recovered') open.delete(vital);
          const next = message(state, vital, since ?? second, second);
          everything.push(next);
          messages = fitPending([...messages, next]);
          expect(messages.length).toBeLessThanOrEqual(MOST_PENDING);
        }
        // In order, nothing new; whatever opened is still there if it has not ended, and whatever ends has opened.
        expect(everything.filter((one) => messages.includes(one))).toEqual(messages);
        const left = messages.map(brief);
        for (const [vital, since] of open) {
          expect(left).toContain(brief(message('firing', vital as Alert['vital'], since, since)));
        }
        for (const one of left.filter((text) => text.includes('recovered'))) {
          expect(left).toContain(one.replace('recovered', 'firing'));
        }
      }),
      { numRuns: 50 },
    );
  });
});
