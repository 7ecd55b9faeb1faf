import { describe, expect, it } from 'vitest';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { sequenceNumber } from '../fixture.ts';
import { type AlertState, findTransition, type Measurement } from './episode.ts';

const START = Date.UTC(2026, 0, 1);

function measured(n: number, magicPoints: number, second = n): Measurement {
  const instant = START + second * 1000;
  return {
    sequenceNumber: sequenceNumber(n),
    statusTime: formatStatusTime(instant),
    instant,
    magicPoints,
    place: n,
  };
}

function known(state: AlertState['state'], n: number, second = n): AlertState {
  const { statusTime, instant } = measured(n, 0, second);
  return {
    state,
    episode: 'Rocinante@then',
    statusTime,
    instant,
    sequenceNumber: sequenceNumber(n),
    pending: undefined,
  };
}

describe('an episode', () => {
  it.each([
    [50, undefined],
    [49, 'firing'],
    [-(2 ** 31), 'firing'],
  ])('at %i magic points turns a well unicorn %s', (magicPoints, expected) => {
    expect(findTransition('Rocinante', undefined, [measured(1, magicPoints)])?.next.state).toBe(expected);
    expect(findTransition('Rocinante', known('recovered', 0), [measured(1, magicPoints)])?.next.state).toBe(
      expected,
    );
  });

  it.each([
    [54, undefined],
    [49, undefined],
    [55, 'recovered'],
  ])('at %i magic points turns one in an episode %s', (magicPoints, expected) => {
    expect(findTransition('Rocinante', known('firing', 0), [measured(1, magicPoints)])?.next.state).toBe(
      expected,
    );
  });

  it('is named after its first low reading, at both its ends', () => {
    const opened = findTransition('Rocinante', undefined, [
      measured(1, 60),
      measured(2, 40),
      measured(3, 30),
    ]);
    expect(opened).toEqual({
      at: 1,
      next: {
        state: 'firing',
        episode: 'Rocinante@2026-01-01 00:00:02.000',
        statusTime: '2026-01-01 00:00:02.000',
        instant: START + 2000,
        sequenceNumber: sequenceNumber(2),
        pending:
          '{"name":"Rocinante","state":"firing","magicPoints":40,"episode":"Rocinante@2026-01-01 00:00:02.000","statusTime":"2026-01-01 00:00:02.000"}',
      },
    });
    const ended = findTransition('Rocinante', opened?.next, [measured(4, 55)]);
    expect(ended?.next).toMatchObject({ state: 'recovered', episode: 'Rocinante@2026-01-01 00:00:02.000' });
  });

  it('ignores what is no newer than its last alert, and what came before it in the stream', () => {
    const late = [measured(9, 40, 5), measured(10, 40, 4)];
    expect(findTransition('Rocinante', known('recovered', 5), late)).toBeUndefined();
    const again = [measured(3, 40, 20), measured(5, 40, 21)];
    expect(findTransition('Rocinante', known('recovered', 5), again)).toBeUndefined();
    expect(findTransition('Rocinante', known('recovered', 5), [measured(6, 40)])?.at).toBe(0);
  });
});
