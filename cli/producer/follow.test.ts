import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Notification } from '../../infra/local/control/api.ts';
import type { Alert } from '../../telemetry/alert.ts';
import { encodeAlert } from '../../telemetry/alert-codec.ts';
import { EMPTY_TALLY } from '../../telemetry/balance.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import type { Summary } from '../../telemetry/summary.ts';
import { Follower, haveHandled, recordsBehind } from './follow.ts';

const MINUTE = Date.UTC(2026, 10, 21, 6, 29);

function summary(Name: string, minute = MINUTE): Summary {
  return {
    Name,
    StatusTime: formatStatusTime(minute),
    Distance: 1800,
    MinMagicPoints: 140,
    MaxMagicPoints: 150,
    MinHealthPoints: 145,
    MaxHealthPoints: 155,
    Readings: 60,
  };
}

function following(names: readonly string[], local = true) {
  const table = new Map<string, Summary>();
  const state = { watermark: null as number | null, now: MINUTE, reads: 0, failing: false };
  const seen = { summaries: [] as Summary[], alerts: [] as Alert[] };
  let publish: (notification: Notification) => void = () => {};
  let listening: AbortSignal | undefined;
  const follower = new Follower({
    names,
    table: {
      async read(minute, wanted) {
        state.reads++;
        if (state.failing) throw new Error('not now');
        return wanted.flatMap((name) => table.get(`${name} ${formatStatusTime(minute)}`) ?? []);
      },
    },
    control: local
      ? {
          aggregation: async () => ({
            tally: EMPTY_TALLY,
            watermark: state.watermark,
            outbox: 0,
            openWindows: 0,
            shards: [],
            trouble: null,
          }),
          notifications: async (signal, onNotification) => {
            listening = signal;
            publish = onNotification;
          },
        }
      : undefined,
    clock: { now: () => state.now, monotonic: () => 0 },
    view: {
      summary: (one) => void seen.summaries.push(one),
      alert: (one) => void seen.alerts.push(one),
    },
  });
  const store = (one: Summary) => table.set(`${one.Name} ${one.StatusTime}`, one);
  const tell = (alert: Alert | string) =>
    publish({
      topicArn: 'arn',
      messageId: 'id',
      message: typeof alert === 'string' ? alert : encodeAlert(alert),
    });
  return { follower, state, seen, store, tell, listening: () => listening };
}

describe('a window', () => {
  test('is looked for only once it is closed, and told once', async () => {
    const { follower, state, seen, store } = following(['A']);
    follower.windows.fed('A', '2026-11-21 06:29:10.000');
    store(summary('A'));
    await follower.look();
    state.watermark = MINUTE + 59_999;
    await follower.look();
    expect(seen.summaries).toEqual([]);
    state.watermark = MINUTE + 60_000;
    await follower.look();
    await follower.look();
    expect(seen.summaries).toEqual([summary('A')]);
    expect(follower.windows).toMatchObject({ stored: 1, pending: 0 });
  });

  test('that is not there yet is looked for again', async () => {
    const { follower, state, seen, store } = following(['A', 'B']);
    for (const name of ['A', 'B']) follower.windows.fed(name, '2026-11-21 06:29:10.000');
    state.watermark = MINUTE + 60_000;
    store(summary('B'));
    await follower.look();
    store(summary('A'));
    await follower.look();
    expect(seen.summaries.map(({ Name }) => Name)).toEqual(['B', 'A']);
  });

  test('of a large fleet is looked for in the order in which they are stored, as far as most of it is there', async () => {
    const names = Array.from({ length: 1_000 }, (_, i) => `Unicorn ${i}`);
    const { follower, state, seen, store } = following(names);
    for (const name of names) follower.windows.fed(name, '2026-11-21 06:29:10.000');
    state.watermark = MINUTE + 60_000;
    const stored = [...names].sort();
    for (const name of stored.slice(0, 230)) store(summary(name));
    await follower.look();
    expect(state.reads).toBe(3);
    expect(seen.summaries.map(({ Name }) => Name)).toEqual(stored.slice(0, 230));
    await follower.look();
    expect(state.reads).toBe(4);
    // Out of that order, or behind what will never come, it is found in the end.
    for (const name of stored.slice(600)) store(summary(name));
    await follower.look();
    expect(seen.summaries).toHaveLength(230);
    await follower.lookAtAll();
    expect(seen.summaries).toHaveLength(630);
    expect(follower.windows).toMatchObject({ stored: 630, pending: 370 });
  });

  test('where nobody tells the watermark is looked for some seconds after its end', async () => {
    const { follower, state, seen, store } = following(['A'], false);
    follower.windows.fed('A', '2026-11-21 06:29:10.000');
    store(summary('A'));
    state.now = MINUTE + 65_000;
    await follower.look();
    expect(seen.summaries).toEqual([]);
    state.now = MINUTE + 70_000;
    await follower.look();
    expect(seen.summaries).toEqual([summary('A')]);
  });

  test('nothing fed: nobody is asked', async () => {
    const { follower, state } = following(['A']);
    state.watermark = MINUTE + 60_000;
    await follower.look();
    expect(state.reads).toBe(0);
  });
});

describe('looking by itself', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('goes on after a look that failed, until it is stopped', async () => {
    const { follower, state, seen, store, listening } = following(['A']);
    follower.windows.fed('A', '2026-11-21 06:29:10.000');
    store(summary('A'));
    state.watermark = MINUTE + 60_000;
    state.failing = true;
    await follower.start();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(state.reads).toBeGreaterThan(1);
    state.failing = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(seen.summaries).toHaveLength(1);
    follower.windows.fed('A', '2026-11-21 06:30:10.000');
    state.watermark = MINUTE + 120_000;
    follower.stop();
    expect(listening()?.aborted).toBe(true);
    const { reads } = state;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(state.reads).toBe(reads);
  });

  test('hears each alert of its own unicorns once', async () => {
    const { follower, seen, tell } = following(['A', 'B']);
    await follower.start();
    const alert = (name: string, state: Alert['state'], episode: number, after = 0): Alert => ({
      name,
      state,
      vital: 'magic',
      value: 49,
      magicPoints: 49,
      episode: `${name}@${formatStatusTime(MINUTE + episode)}`,
      since: formatStatusTime(MINUTE + episode),
      statusTime: formatStatusTime(MINUTE + after),
      latitude: 40.7,
      longitude: -73.9,
    });
    const told = [
      alert('A', 'firing', 1),
      alert('B', 'firing', 1),
      alert('A', 'recovered', 1),
      alert('A', 'firing', 2),
      alert('A', 'still-firing', 2, 300),
      alert('A', 'still-firing', 2, 600),
    ];
    for (const one of told) {
      tell(one);
      tell(one);
    }
    tell(alert('C', 'firing', 1));
    tell('not an alert');
    expect(seen.alerts).toEqual(told);
    expect(follower.alerts).toBe(6);
    follower.stop();
  });
});

describe('what the functions have handled', () => {
  const mapping = (streamName: string, ...shards: [string, string | null, number][]) => ({
    functionName: 'f',
    streamName,
    invocations: 0,
    failedInvocations: 0,
    recordsHandled: 0,
    recordsDiscarded: 0,
    recordsFiltered: 0,
    iteratorAge: null,
    lastError: null,
    shards: shards.map(([shardId, sequenceNumber, behind]) => ({ shardId, sequenceNumber, behind })),
  });

  test.each([
    ['the last record itself', [mapping('s', ['0', '100', 5])], true],
    ['a later one, by value and not as text', [mapping('s', ['0', '1000', 5])], true],
    ['only an earlier one', [mapping('s', ['0', '99', 5])], false],
    ['nothing yet', [mapping('s', ['0', null, 5])], false],
    ['everything there is', [mapping('s', ['0', null, 0])], true],
    ['nothing of a shard', [mapping('s', ['1', '100', 0])], false],
    ['one function of two', [mapping('s', ['0', '100', 0]), mapping('s', ['0', '99', 1])], false],
    ['another stream', [mapping('other', ['0', '1', 99])], true],
    ['no function listens', [], true],
  ])('%s', (_, mappings, handled) => {
    expect(haveHandled(mappings, 's', new Map([['0', '100']]))).toBe(handled);
  });

  test('everything in a stream', () => {
    expect(recordsBehind([mapping('s', ['0', '1', 0], ['1', null, 0])], 's')).toBe(0);
    expect(
      recordsBehind([mapping('s', ['0', '1', 0], ['1', null, 3]), mapping('s', ['0', '1', 2])], 's'),
    ).toBe(5);
    expect(recordsBehind([mapping('other', ['0', '1', 3])], 's')).toBe(0);
  });
});
