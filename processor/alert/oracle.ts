import { expect } from 'vitest';
import type { Alert } from '../../telemetry/alert.ts';
import { decodeAlert } from '../../telemetry/alert-codec.ts';
import { type Sent, START } from './fixture.ts';

/** Alerts in order, each only once: what a subscriber makes of the topic. */
export function deduplicated(published: readonly string[]): Alert[] {
  const seen = new Set<string>();
  return published.map(read).filter(({ episode, state, statusTime }) => {
    const key = `${episode} ${state} ${statusTime}`;
    return !seen.has(key) && seen.add(key);
  });
}

function read(message: string): Alert {
  const alert = decodeAlert(message);
  if ('ok' in alert) throw new Error(alert.reason);
  return alert;
}

/** What a subscriber is to know of one unicorn, in order. */
export interface Told {
  readonly vital: 'magic' | 'health';
  readonly state: 'firing' | 'still-firing' | 'recovered';
  readonly value: number;
  /** Seconds after START. */
  readonly since: number;
  readonly second: number;
}

/** What is to be published, worked out from the stream as a whole, one unicorn and one vital after the other. */
export function oracle(stream: readonly Sent[]): Map<string, Told[]> {
  const alerts = new Map<string, Told[]>();
  for (const name of new Set(stream.map((sent) => sent.name))) {
    const own = stream.filter((sent) => sent.name === name && sent.kind === undefined);
    const told = [
      ...toldOf(own, 'magic', ({ magicPoints }) => magicPoints, 50, 55),
      ...toldOf(own, 'health', ({ healthPoints = 150 }) => healthPoints, 20, 25),
    ];
    // Of one record, magic comes first: the sort is stable.
    told.sort((a, b) => a.place - b.place);
    if (told.length > 0)
      alerts.set(
        name,
        told.map(({ place: _, ...rest }) => rest),
      );
  }
  return alerts;
}

function toldOf(
  own: readonly Sent[],
  vital: 'magic' | 'health',
  pointsOf: (sent: Sent) => number,
  below: number,
  recovered: number,
): (Told & { readonly place: number })[] {
  const told: (Told & { readonly place: number })[] = [];
  let since: number | undefined;
  let last = Number.NEGATIVE_INFINITY;
  for (const [place, sent] of own.entries()) {
    const { second } = sent;
    const value = pointsOf(sent);
    if (second <= last) continue;
    let state: Told['state'];
    if (since === undefined) {
      if (value >= below) continue;
      since = second;
      state = 'firing';
    } else if (value >= recovered) state = 'recovered';
    else if (second >= last + 10) state = 'still-firing';
    else continue;
    told.push({ vital, state, value, since, second, place });
    if (state === 'recovered') since = undefined;
    last = second;
  }
  return told;
}

/** The same of what was published. */
export function byName(alerts: readonly Alert[]): Map<string, Told[]> {
  const grouped = new Map<string, Told[]>();
  const secondOf = (time: string) => (Date.parse(`${time.replace(' ', 'T')}Z`) - START) / 1000;
  for (const { name, vital, state, value, since, statusTime, episode } of alerts) {
    expect(episode).toBe(`${name}@${since}${vital === 'health' ? '/health' : ''}`);
    const one = { vital, state, value, since: secondOf(since), second: secondOf(statusTime) };
    grouped.set(name, [...(grouped.get(name) ?? []), one]);
  }
  return grouped;
}
