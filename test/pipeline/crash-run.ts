import { watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import { integer, type Random, randomStream } from '../../simulator/random.ts';
import type { Alert } from '../../telemetry/alert.ts';
import { everyRecordHasOneFate } from '../../telemetry/balance.ts';
import type { QuarantineEntry } from '../../telemetry/quarantine.ts';
import { STREAMS } from '../../telemetry/topology.ts';
import { freePort } from '../kit.ts';
import { inOrder, type PlainReading, recompute } from './recompute.ts';
import { eventually, type Got, openCloud, type Place, type Put, type StartedCloud } from './started-cloud.ts';

/**
 * A cloud that is killed (`kill -9`) again and again while a program puts readings into it, and what must hold in the
 * end, whenever the kills came: what was acknowledged, or put again because nobody knew, is in the table exactly once.
 */

export interface CrashRun {
  /** Decides contents, batches and the moments of the kills. */
  readonly seed: string;
  readonly kills: number;
  /** State folder, empty at first. */
  readonly folder: string;
}

const NAMES = ['Shadowfax', 'Rocinante', '🦄 Ünïcörn'] as const;
/** Of event time, so that several windows close between two kills. */
const SECONDS_PER_KILL = 150;
/** A record that is no reading comes about as often as this many seconds. */
const SECONDS_PER_FAULT = 20;
/** Milliseconds between two requests, at most. */
const PACE = 40;
/** A second after which nothing but one last reading comes, in seconds past the last minute's start. */
const CLOSING = 6;

/** What the program puts in one request: some seconds of all unicorns. */
type Batch = readonly (Put & { readonly reading: PlainReading | undefined })[];

export async function crashRun({ seed, kills, folder }: CrashRun): Promise<void> {
  const random = randomStream(seed, 'crash', 'kills');
  const batches = batchesOf(random, (kills + 1) * SECONDS_PER_KILL);
  const acknowledged: (Place & Put)[] = [];
  const alerts = new AlertEar();
  const host = new CrashingCloud(folder, await freePort(), random, alerts);
  try {
    const killAt = Array.from({ length: kills }, () => integer(random, 0, batches.length - 1));
    await host.start();
    for (const [index, batch] of batches.entries()) {
      for (const at of killAt) if (at === index) await host.killSoon();
      // Not all at once: kills are to hit a pipeline that is at work on what comes.
      await setTimeout(integer(random, 0, PACE));
      const places = await host.put(batch);
      for (const [i, place] of places.entries()) acknowledged.push({ ...place, ...batch[i]! });
    }
    await host.survive();
    await judge(host.cloud, batches.flat(), acknowledged, alerts);
    host.cloud.running.child.kill('SIGTERM');
    expect(await host.cloud.running.finished).toMatchObject({ status: 0 });
  } finally {
    await host.cloud?.kill();
    alerts.close();
  }
}

/** The readings of that many seconds up to about now, in batches of random length, and one that closes the last minute. */
function batchesOf(random: Random, seconds: number): Batch[] {
  const minutes = Math.ceil(seconds / 60);
  const start = (Math.floor(Date.now() / 60_000) - minutes - 1) * 60_000;
  const batches: Batch[] = [];
  for (let second = 0; second < minutes * 60; ) {
    const until = Math.min(second + integer(random, 1, 20), minutes * 60);
    const batch = [];
    for (; second < until; second++) {
      for (const [n, name] of NAMES.entries()) {
        const reading = readingAt(random, name, start + second * 1_000, second + n * 31);
        batch.push({ key: name, data: `${JSON.stringify(reading)}\n`, reading });
      }
      if (integer(random, 1, SECONDS_PER_FAULT) === 1) {
        batch.push({ key: NAMES[0], data: `no reading ${second}`, reading: undefined });
      }
    }
    batches.push(batch);
  }
  const last = readingAt(random, 'Closer', start + (minutes * 60 + CLOSING) * 1_000, 0);
  return [...batches, [{ key: 'Closer', data: JSON.stringify(last), reading: last }]];
}

/** Magic swings between 30 and 150 within 97 seconds, so that there is an episode of low magic in each swing. */
function readingAt(random: Random, name: string, time: number, phase: number): PlainReading {
  const place = { Latitude: 40.749167, Longitude: -73.985184 };
  return {
    Name: name,
    StatusTime: new Date(time).toISOString().replace('T', ' ').replace('Z', ''),
    ...place,
    Distance: integer(random, 29_000_000, 31_000_000) / 1_000_000,
    MagicPoints: 90 + Math.round(60 * Math.cos((2 * Math.PI * phase) / 97)),
    HealthPoints: integer(random, 100, 150),
  };
}

/** A cloud that gets killed, and started again on the same folder. */
class CrashingCloud {
  cloud!: StartedCloud;
  readonly #folder: string;
  readonly #port: number;
  readonly #random: Random;
  readonly #alerts: AlertEar;
  #killing: Promise<void> | undefined;

  constructor(folder: string, port: number, random: Random, alerts: AlertEar) {
    this.#folder = folder;
    this.#port = port;
    this.#random = random;
    this.#alerts = alerts;
  }

  async start(): Promise<void> {
    this.cloud = openCloud(['--data', this.#folder], this.#port);
    await this.#alerts.listenTo(this.cloud);
    await this.cloud.ready();
  }

  /** Kills the cloud in a moment, while the program goes on putting; the kill before it must be over. */
  async killSoon(): Promise<void> {
    await this.survive();
    const { cloud } = this;
    const { caughtUp, within, writtenIn } = MOMENTS[integer(this.#random, 0, MOMENTS.length - 1)]!;
    if (caughtUp) await cloud.settled();
    const times = integer(this.#random, 1, 5);
    const due = setTimeout(integer(this.#random, 0, within));
    const over = new AbortController();
    const moment =
      writtenIn === undefined ? [] : [written(join(this.#folder, writtenIn), times, over.signal)];
    this.#killing = Promise.race([due, ...moment]).then(() => {
      over.abort();
      return cloud.kill();
    });
  }

  /** Waits for a kill that is due, and starts the cloud again, which may be killed while it starts. */
  async survive(): Promise<void> {
    if (this.#killing === undefined) return;
    await this.#killing;
    this.#killing = undefined;
    while (integer(this.#random, 0, 3) === 0) {
      const stillborn = openCloud(['--data', this.#folder], this.#port);
      const listening = this.#alerts.listenTo(stillborn);
      await setTimeout(integer(this.#random, 0, 1_000));
      await stillborn.kill();
      await listening;
    }
    await this.start();
  }

  /** Puts a batch, again and again until it is acknowledged: without an answer nobody knows whether it was accepted. */
  async put(batch: Batch): Promise<Place[]> {
    for (;;) {
      try {
        return await this.cloud.put(STREAMS.readings, batch);
      } catch (error) {
        if (this.#killing === undefined) throw error;
        await this.survive();
      }
    }
  }
}

/**
 * What a kill is to hit: at random within some milliseconds, or at once when something is written in a folder of the
 * state, for between what is written and what follows lie only moments.
 */
const MOMENTS: readonly {
  /** Whether the pipeline has caught up before, so that it is at work on what comes now. */
  readonly caughtUp: boolean;
  readonly within: number;
  readonly writtenIn: string | undefined;
}[] = [
  { caughtUp: false, within: 40, writtenIn: undefined },
  { caughtUp: true, within: 400, writtenIn: undefined },
  // Readings are stored, but not acknowledged.
  { caughtUp: false, within: 400, writtenIn: `kinesis/${STREAMS.readings}/shardId-000000000000` },
  // Summaries are decided, but not sent.
  { caughtUp: true, within: 400, writtenIn: 'aggregation' },
  // They are sent, but not acknowledged, nor stored in the table.
  { caughtUp: true, within: 400, writtenIn: `kinesis/${STREAMS.summaries}/shardId-000000000000` },
];

/** Resolves when something has been written in a folder so many times. */
function written(folder: string, times: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let left = times;
    watch(folder, { signal }, () => {
      if (--left === 0) resolve();
    });
  });
}

/** Hears the alerts of one cloud after the other. */
class AlertEar {
  readonly heard: Alert[] = [];
  readonly #stop = new AbortController();

  /** Listens from before the first function runs, for the door opens first; or not at all, if the cloud is gone. */
  async listenTo(cloud: StartedCloud): Promise<void> {
    await eventually('the cloud lets us listen', async () => {
      try {
        await cloud.control.notifications(this.#stop.signal, ({ message }) => {
          this.heard.push(JSON.parse(message) as Alert);
        });
        return { done: true, value: undefined };
      } catch (error) {
        const { exitCode, signalCode } = cloud.running.child;
        return { done: exitCode !== null || signalCode !== null, value: String(error) };
      }
    });
  }

  close(): void {
    this.#stop.abort();
  }
}

async function judge(
  cloud: StartedCloud,
  put: Batch,
  acknowledged: readonly (Place & Put)[],
  alerts: AlertEar,
): Promise<void> {
  const status = await cloud.settled();
  const stream = await cloud.records(STREAMS.readings);
  const readings = put.flatMap(({ reading }) => reading ?? []);

  const inStream = new Map(stream.map((record) => [record.sequenceNumber, record]));
  expect(inStream.size).toBe(stream.length);
  for (const { sequenceNumber, key, data } of acknowledged) {
    const found = inStream.get(sequenceNumber);
    expect([found?.key, found?.data.toString()]).toEqual([key, data]);
  }

  const closed = readings.filter(({ Name }) => Name !== 'Closer');
  expect(inOrder(await cloud.summaries())).toEqual(inOrder(recompute(closed)));
  repeatedAtMost(await cloud.records(STREAMS.summaries), (summary: PlainReading) => [
    summary.Name,
    summary.StatusTime,
  ]);

  const { tally } = status.aggregation!;
  const bad = stream.filter(({ data }) => data.toString().startsWith('no reading'));
  expect(everyRecordHasOneFate(tally)).toBe(true);
  expect(tally).toMatchObject({
    delivered: stream.length,
    summarised: closed.length,
    open: 1,
    quarantined: bad.length,
    summaries: recompute(closed).length,
  });
  const quarantined = repeatedAtMost(
    await cloud.records(STREAMS.quarantine),
    (entry: QuarantineEntry) => entry.sequenceNumber,
  );
  expect([...quarantined].sort()).toEqual(
    bad.map(({ sequenceNumber }) => JSON.stringify(sequenceNumber)).sort(),
  );

  for (const name of NAMES) {
    const told = alerts.heard
      .filter((alert) => alert.name === name)
      .map(({ state, episode }) => `${state} ${episode}`);
    // In order, and repeated at most: each time a transition is heard, all those before it have been.
    expect([...new Set(told)]).toEqual(transitionsOf(closed.filter(({ Name }) => Name === name)));
  }
}

/** Records of one key may come again after a crash, but only as they were. Returns the keys, as JSON. */
function repeatedAtMost<T>(records: readonly Got[], keyOf: (content: T) => unknown): ReadonlySet<string> {
  const first = new Map<string, string>();
  for (const { data } of records) {
    const text = data.toString();
    const key = JSON.stringify(keyOf(JSON.parse(text) as T));
    expect(text).toBe(first.get(key) ?? text);
    first.set(key, text);
  }
  return new Set(first.keys());
}

/** What operations must hear of one unicorn. */
function transitionsOf(readings: readonly PlainReading[]): string[] {
  const transitions: string[] = [];
  let episode: string | undefined;
  for (const { Name, StatusTime, MagicPoints } of readings) {
    if (episode === undefined && MagicPoints < 50) {
      episode = `${Name}@${StatusTime}`;
      transitions.push(`firing ${episode}`);
    } else if (episode !== undefined && MagicPoints >= 55) {
      transitions.push(`recovered ${episode}`);
      episode = undefined;
    }
  }
  return transitions;
}
