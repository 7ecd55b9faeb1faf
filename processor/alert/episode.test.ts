import { describe, expect, it } from 'vitest';
import type { Vital } from '../../telemetry/alert.ts';
import { decodeAlert } from '../../telemetry/alert-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { sequenceNumber } from '../fixture.ts';
import { type AlertState, findStep, type Measurement } from './episode.ts';
import { RULES, START } from './fixture.ts';
import { alertRules } from './rules.ts';

function measured(n: number, magicPoints: number, second = n, healthPoints = 150): Measurement {
  const instant = START + second * 1000;
  const reading = {
    Name: 'Rocinante',
    StatusTime: formatStatusTime(instant),
    Latitude: 40.7,
    Longitude: -73.9,
    Distance: 30,
    MagicPoints: magicPoints,
    HealthPoints: healthPoints,
  };
  return { sequenceNumber: sequenceNumber(n), reading, instant, place: n };
}

function known(state: 'firing' | 'recovered', n: number, second = n, vital: Vital = 'magic'): AlertState {
  const { reading, instant } = measured(n, 0, second);
  const statusTime = reading.StatusTime;
  return {
    vitals: { [vital]: { state, since: statusTime, statusTime, instant } },
    sequenceNumber: sequenceNumber(n),
    pending: [],
  };
}

const step = (state: AlertState | undefined, ...measurements: Measurement[]) =>
  findStep('Rocinante', state, measurements, RULES);

const statesOf = (messages: readonly string[] = []) =>
  messages.map((message) => {
    const alert = decodeAlert(message);
    return 'ok' in alert ? alert.reason : `${alert.vital} ${alert.state} ${alert.statusTime.slice(17, 19)}`;
  });

describe('an episode', () => {
  it.each([
    [50, undefined],
    [49, 'firing'],
    [-(2 ** 31), 'firing'],
  ])('at %i magic points turns a well unicorn %s', (magicPoints, expected) => {
    expect(step(undefined, measured(1, magicPoints))?.next.vitals.magic?.state).toBe(expected);
    expect(step(known('recovered', 0), measured(1, magicPoints))?.next.vitals.magic?.state).toBe(expected);
  });

  it.each([
    [54, undefined],
    [49, undefined],
    [55, 'recovered'],
  ])('at %i magic points turns one in an episode %s', (magicPoints, expected) => {
    expect(step(known('firing', 0), measured(1, magicPoints))?.next.vitals.magic?.state).toBe(expected);
  });

  it('is named after its first low reading, in all of its messages', () => {
    const opened = step(undefined, measured(1, 60), measured(2, 40), measured(3, 30));
    expect(opened).toEqual({
      at: 1,
      to: 3,
      dropped: 0,
      next: {
        vitals: {
          magic: {
            state: 'firing',
            since: '2026-01-01 00:00:02.000',
            statusTime: '2026-01-01 00:00:02.000',
            instant: START + 2000,
          },
        },
        sequenceNumber: sequenceNumber(2),
        pending: [expect.any(String)],
      },
    });
    const ended = step(opened?.next, measured(4, 54, 12), measured(5, 55, 13));
    expect(ended?.next.pending.map((message) => JSON.parse(message))).toMatchObject([
      { state: 'firing', value: 40, episode: 'Rocinante@2026-01-01 00:00:02.000' },
      { state: 'still-firing', value: 54, episode: 'Rocinante@2026-01-01 00:00:02.000' },
      {
        state: 'recovered',
        value: 55,
        episode: 'Rocinante@2026-01-01 00:00:02.000',
        since: '2026-01-01 00:00:02.000',
        statusTime: '2026-01-01 00:00:13.000',
        latitude: 40.7,
        longitude: -73.9,
      },
    ]);
  });

  it('of health is another than that of magic, and follows its own thresholds', () => {
    const both = step(undefined, measured(1, 40, 1, 19), measured(2, 60, 2, 24), measured(3, 60, 3, 25));
    expect(statesOf(both?.next.pending)).toEqual([
      'magic firing 01',
      'health firing 01',
      'magic recovered 02',
      'health recovered 03',
    ]);
    const episodes = both?.next.pending.map(
      (message) => (JSON.parse(message) as { episode: string }).episode,
    );
    expect(new Set(episodes)).toEqual(
      new Set(['Rocinante@2026-01-01 00:00:01.000', 'Rocinante@2026-01-01 00:00:01.000/health']),
    );
  });

  it('of health opens only when health is watched', () => {
    expect(findStep('Rocinante', undefined, [measured(1, 60, 1, -5)], alertRules({}))).toBeUndefined();
  });

  it('is told again each time that it has lasted so long, by event time', () => {
    const low = [1, 10, 11, 20, 22, 31, 32, 100, 109].map((second, n) => measured(n, 40, second));
    expect(statesOf(step(undefined, ...low)?.next.pending)).toEqual([
      'magic firing 01',
      'magic still-firing 11',
      'magic still-firing 22',
      'magic still-firing 32',
      'magic still-firing 40',
    ]);
    const never = alertRules({ STILL_FIRING_AFTER: '0' });
    expect(findStep('Rocinante', undefined, low, never)?.next.pending).toHaveLength(1);
  });

  it('ignores what is no newer than its last alert, and what came before it in the stream', () => {
    expect(step(known('recovered', 5), measured(9, 40, 5), measured(10, 40, 4))).toBeUndefined();
    expect(step(known('firing', 5), measured(9, 90, 5), measured(10, 90, 4))).toBeUndefined();
    expect(step(known('recovered', 5), measured(3, 40, 20), measured(5, 40, 21))).toBeUndefined();
    expect(step(known('firing', 5), measured(5, 40, 21), measured(4, 90, 21))).toBeUndefined();
    expect(step(known('recovered', 5), measured(6, 40))?.at).toBe(0);
  });

  it('of one vital is not kept from opening by a later message of the other', () => {
    expect(step(known('firing', 5, 30, 'health'), measured(6, 40, 20, 10))?.next.vitals.magic?.state).toBe(
      'firing',
    );
  });
});
