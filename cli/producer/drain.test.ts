import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AggregationQuery, CloudStatus } from '../../infra/local/control/api.ts';
import { EMPTY_TALLY, type Tally } from '../../telemetry/balance.ts';
import { FUNCTIONS, STREAMS } from '../../telemetry/topology.ts';
import { type DrainOptions, drain } from './drain.ts';
import { FedWindows } from './fed-windows.ts';

const START = Date.UTC(2026, 10, 21, 6, 30, 20);
const MINUTE = Date.UTC(2026, 10, 21, 6, 30);

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A cloud that a test moves by hand: every drain sees it as it is. */
function cloud() {
  const state = {
    tally: { ...EMPTY_TALLY } as Tally,
    watermark: START - 5_000,
    outbox: 0,
    storedBehind: 0,
    alertsBehind: 0,
    inTable: false,
    forced: 0,
  };
  const said: string[] = [];
  const notices: string[] = [];
  const windows = new FedWindows();
  windows.fed('A', '2026-11-21 06:30:10.000');
  const progress = () => ({
    tally: state.tally,
    watermark: state.watermark,
    outbox: state.outbox,
    openWindows: 1,
    shards: [],
    trouble: null,
  });
  const mapping = (functionName: string, streamName: string, behind: number) => ({
    functionName,
    streamName,
    invocations: 0,
    failedInvocations: 0,
    recordsHandled: 0,
    recordsDiscarded: 0,
    lastError: null,
    shards: [{ shardId: 's', sequenceNumber: null, behind }],
  });
  const look = async () => {
    if (state.inTable) windows.found('A', '2026-11-21 06:30:00.000');
  };
  const stop = new AbortController();
  const options: DrainOptions = {
    control: {
      async aggregation(query: AggregationQuery) {
        if (query.closeWindows) {
          state.forced++;
          close();
        }
        return progress();
      },
      status: async () =>
        ({
          mappings: [
            mapping(FUNCTIONS.streamProcessor, STREAMS.summaries, state.storedBehind),
            mapping(FUNCTIONS.lowMagicAlert, STREAMS.readings, state.alertsBehind),
          ],
          aggregation: progress(),
        }) as unknown as CloudStatus,
    },
    books: { watermark: null, behind: false, read: async () => state.tally },
    stream: STREAMS.readings,
    acknowledged: 10,
    positions: new Map([['s', '7']]),
    follower: {
      windows,
      look,
      lookAtAll: look,
    },
    view: {
      waiting: (what) => void (what !== undefined && said.at(-1) !== what && said.push(what)),
      notice: (text) => void notices.push(text),
    },
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    windows: 'awaited',
    signal: stop.signal,
  };
  const close = () => {
    state.tally = { ...state.tally, summarised: state.tally.open, open: 0, summaries: 1 };
    state.watermark = MINUTE + 60_000;
  };
  const deliver = (count: number) => {
    state.tally = { ...state.tally, delivered: count, open: count };
  };
  return { state, said, notices, options, stop, close, deliver };
}

/** Starts a drain; `over` tells whether it has ended. */
function start(options: DrainOptions) {
  const ended = { tally: undefined as Tally | undefined };
  const done = drain(options).then((tally) => {
    ended.tally = tally;
    return tally;
  });
  return { ended, done };
}

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

describe('a drain', () => {
  test('waits for the aggregation, the clock, the table and the alerts, one after the other', async () => {
    const { state, said, options, close, deliver } = cloud();
    state.alertsBehind = 3;
    const { ended, done } = start(options);
    await pass(1_000);
    expect(said).toEqual(['for the aggregation to read everything']);
    deliver(10);
    await pass(30_000);
    expect(said.at(-1)).toBe('for the last window to close (Ctrl-C leaves it open)');
    close();
    state.storedBehind = 1;
    await pass(1_000);
    expect(said.at(-1)).toBe('for the summaries to reach the table');
    state.inTable = true;
    await pass(1_000);
    expect(said.at(-1)).toBe('for the alerts');
    expect(ended.tally).toBeUndefined();
    state.alertsBehind = 0;
    await pass(1_000);
    expect(await done).toEqual({ ...EMPTY_TALLY, delivered: 10, summarised: 10, summaries: 1 });
  });

  test('closes the windows by force where everything is thrown away', async () => {
    const { state, said, options, deliver } = cloud();
    deliver(10);
    state.inTable = true;
    const { done } = start({ ...options, windows: 'forced' });
    await pass(1_000);
    expect((await done).summarised).toBe(10);
    expect(state.forced).toBe(1);
    expect(said.join()).not.toContain('last window');
  });

  test('leaves them open when it is asked to', async () => {
    const { state, options, deliver } = cloud();
    deliver(10);
    const { done } = start({ ...options, windows: 'left' });
    await pass(1_000);
    expect(await done).toMatchObject({ open: 10, summarised: 0 });
    expect(state.forced).toBe(0);
  });

  test('Ctrl-C ends the wait for the clock, and the window stays open', async () => {
    const { options, deliver, stop } = cloud();
    deliver(10);
    const { ended, done } = start(options);
    await pass(5_000);
    expect(ended.tally).toBeUndefined();
    stop.abort();
    await pass(1_000);
    expect(await done).toMatchObject({ open: 10 });
  });

  test('counts down to when the window closes, whatever the clock of the run shows', async () => {
    const { options, deliver, stop } = cloud();
    deliver(10);
    const remaining: number[] = [];
    const { done } = start({
      ...options,
      // An accelerated run's clock stands still once the run is over.
      clock: { now: () => START, monotonic: () => performance.now() },
      view: {
        ...options.view,
        waiting: (_, left) => void (left !== undefined && remaining.push(left)),
      },
    });
    await pass(20_000);
    // 40 s to the end of the minute, and 5 s of lateness.
    expect(remaining[0]).toBeGreaterThan(44_000);
    expect(remaining[0]).toBeLessThanOrEqual(45_000);
    expect(remaining.at(-1)).toBeGreaterThan(24_000);
    expect(remaining.at(-1)).toBeLessThan(26_000);
    stop.abort();
    await pass(1_000);
    await done;
  });

  test('gives up where nothing moves any more, and says so', async () => {
    const { notices, options, deliver } = cloud();
    deliver(4);
    const { done } = start({ ...options, windows: 'left' });
    await pass(15_000);
    expect(notices).toEqual([]);
    deliver(5);
    await pass(19_000);
    expect(notices).toEqual([]);
    await pass(10_000);
    expect(notices[0]).toBe('gave up waiting for the aggregation to read everything: no progress for 20 s');
    await pass(60_000);
    expect((await done).delivered).toBe(5);
  });

  test('a window that was fed only late or bad readings is not waited for in the table', async () => {
    const { state, options, deliver, close } = cloud();
    deliver(10);
    close();
    state.inTable = false;
    const { done } = start({ ...options, windows: 'left' });
    await pass(2_000);
    await done;
  });
});
