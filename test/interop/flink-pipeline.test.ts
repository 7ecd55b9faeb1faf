import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bytesOf } from '../../aggregation/cases/format.ts';
import { generatePlainCase } from '../../aggregation/cases/generate.ts';
import { decodeQuarantineEntry } from '../../telemetry/quarantine-codec.ts';
import type { Reading } from '../../telemetry/reading.ts';
import { encodeReading } from '../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { encodeSummary } from '../../telemetry/summary-codec.ts';
import { STREAMS } from '../../telemetry/topology.ts';
import { events, freePort, launch, temporaryFolder } from '../kit.ts';
import { merge, split } from '../pipeline/lineage.ts';
import { inOrder, recompute } from '../pipeline/recompute.ts';
import { clientsOf, eventually, openCloud, type Put, type StartedCloud } from '../pipeline/started-cloud.ts';

/** The pipeline with the Flink job in it, as `./wildrydes start --aggregation flink` runs it. */

const SEED = Number(process.env.CASES_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Cases that are sent through the stream, one after the other. */
const CASES = 8;

describe('a cloud that keeps nothing', () => {
  let cloud: StartedCloud;

  beforeAll(async () => {
    cloud = openCloud(['--aggregation', 'flink', '--ephemeral'], await freePort());
    // The first time, Maven builds the job.
    await cloud.ready();
  });

  afterAll(async () => {
    cloud.running.child.kill('SIGTERM');
    await cloud.running.finished;
    cloud.forget();
  });

  test(`${CASES} generated cases through Kinesis, seed ${SEED}`, async () => {
    const cases = Array.from({ length: CASES }, (_, number) => generatePlainCase(SEED, number));
    const sent = cases.flatMap(({ events: all }) => all.filter((event) => event.event === 'record'));
    for (let from = 0; from < sent.length; from += 500) {
      await cloud.put(
        STREAMS.readings,
        sent.slice(from, from + 500).map((event): Put => ({ key: event.key, data: bytesOf(event) })),
      );
    }
    await cloud.control.aggregation({ caughtUp: true, closeWindows: true });

    const expected = cases.flatMap((one) => [...one.expect.summaries, ...one.expect.remaining]);
    const summaries = (await cloud.records(STREAMS.summaries)).map(({ data }) => data.toString());
    expect(summaries.toSorted()).toEqual(expected.map(encodeSummary).toSorted());
    expect(new Set((await cloud.records(STREAMS.summaries)).map(({ key }) => key))).toEqual(
      new Set(expected.map(({ Name }) => Name)),
    );

    const records = await cloud.records(STREAMS.readings);
    const quarantined = (await cloud.records(STREAMS.quarantine)).map(({ data }) => placeIn(data));
    let before = 0;
    const places = cases.flatMap((one) => {
      const indexes = one.events.flatMap((event, index) => (event.event === 'record' ? [index] : []));
      const refused = indexes.flatMap((index, at) =>
        one.expect.quarantine.includes(index) ? [records[before + at]!.sequenceNumber] : [],
      );
      before += indexes.length;
      return refused;
    });
    expect(quarantined.toSorted()).toEqual(places.toSorted());

    for (const { expect: its } of cases) {
      for (const [key, tally] of its.tallies) {
        const { tally: books } = await cloud.control.aggregation({ names: [key] });
        expect({ [key]: books }).toMatchObject({
          [key]: {
            delivered: tally.delivered,
            duplicates: tally.duplicates,
            late: tally.late,
            quarantined: tally.quarantined,
            summarised: tally.summarised + tally.open,
            open: 0,
          },
        });
      }
    }
  });

  test('a fleet with broken sensors, while its stream is resharded: the report balances', async () => {
    const ride = launch([
      'producer',
      ...['--join', '--port', String(cloud.port), '--fleet', '30', '--seed', '11'],
      ...['--fault', 'late=0.02,duplicate=0.02,malformed=0.01,shuffle=0.05'],
      ...['--speed', '20', '--duration', '5m', '--output', 'json'],
    ]);
    for (const change of [split, split, merge]) {
      const { tally } = await cloud.control.aggregation({});
      await change(cloud, STREAMS.readings);
      await eventually('more is read', async () => {
        const now = await cloud.control.aggregation({});
        return { done: now.tally.delivered > tally.delivered + 500, value: now.tally };
      });
    }
    const { status, stdout, stderr } = await ride.finished;
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const [report] = events<Record<string, number | boolean>>(stdout, 'report');
    expect(report).toMatchObject({ balanced: true, failed: 0, open: 0 });
    for (const fate of ['summarised', 'late', 'duplicates', 'quarantined']) {
      expect(report?.[fate]).toBeGreaterThan(0);
    }
  });
});

describe('a cloud that is killed', () => {
  const MINUTES = 4;
  /** Whole minutes that lie behind: no clock closes them, but what comes after them. */
  const start = Math.floor(Date.now() / 60_000 - 20) * 60_000;
  const names = ['Rocinante', 'Shadowfax', '🦄'];
  const sent: Reading[] = [];

  /** Readings of half a minute of all unicorns. */
  function halfMinute(half: number): Put[] {
    const readings = names.flatMap((Name, unicorn) =>
      Array.from(
        { length: 30 },
        (_, second): Reading => ({
          Name,
          StatusTime: formatStatusTime(start + half * 30_000 + second * 1_000 + unicorn),
          Latitude: 40.7,
          Longitude: -74,
          Distance: 29.123456 + second / 1_000,
          MagicPoints: 150 - half,
          HealthPoints: 100 + second,
        }),
      ),
    );
    sent.push(...readings);
    return readings.map((reading) => ({ key: reading.Name, data: encodeReading(reading) }));
  }

  async function delivered(cloud: StartedCloud, records: number): Promise<void> {
    await eventually(`${records} records are read`, async () => {
      const progress = await cloud.control.aggregation({}).catch(() => undefined);
      return { done: progress?.tally.delivered === records && progress.outbox === 0, value: progress };
    });
  }

  test('goes on from its last checkpoint, and so does its Flink alone: each minute once, and whole', async () => {
    const port = await freePort();
    const args = ['--aggregation', 'flink', '--data', temporaryFolder()];
    let cloud = openCloud(args, port);
    onTestFinished(() => cloud.kill());
    await cloud.ready();
    for (let half = 0; half < 2 * MINUTES; half++) {
      await cloud.put(STREAMS.readings, halfMinute(half));
      await delivered(cloud, sent.length);
      if (half === 2) {
        const flink = flinkOf(cloud);
        await cloud.kill();
        await eventually('its Flink is gone too', async () => ({ done: !isAlive(flink), value: flink }));
        cloud = openCloud(args, port);
        await cloud.ready();
        await delivered(cloud, sent.length);
      }
      if (half === 4) {
        process.kill(flinkOf(cloud), 'SIGKILL');
        await delivered(cloud, sent.length);
        expect(cloud.running.stderr()).toContain('another goes on from its last checkpoint');
      }
    }
    // All that is left opens another minute, which stays open.
    const last: Reading = { ...sent[0]!, Name: 'last', StatusTime: formatStatusTime(start + 10 * 60_000) };
    await cloud.put(STREAMS.readings, [{ key: 'last', data: encodeReading(last) }]);
    await delivered(cloud, sent.length + 1);
    await cloud.settled();
    const expected = recompute(sent);
    expect(expected).toHaveLength(names.length * MINUTES);
    expect(inOrder(await cloud.summaries())).toEqual(
      inOrder(expected as { Name: string; StatusTime: string }[]),
    );

    // What was sent again is what was sent before.
    const written = new Set((await cloud.records(STREAMS.summaries)).map(({ data }) => data.toString()));
    expect(written.size).toBe(expected.length);
    const { tally } = await cloud.control.aggregation({});
    expect(tally).toMatchObject({ summarised: sent.length, open: 1, late: 0, duplicates: 0, quarantined: 0 });
  });
});

test('a state of the other engine is refused', async () => {
  const port = await freePort();
  const data = temporaryFolder();
  const embedded = openCloud(['--data', data], port);
  await embedded.ready();
  embedded.running.child.kill('SIGTERM');
  await embedded.running.finished;
  embedded.forget();
  const flink = launch(['start', '--aggregation', 'flink', '--data', data, '--port', String(port)]);
  onTestFinished(() => void flink.child.kill('SIGKILL'));
  const { status, stderr } = await flink.finished;
  expect(stderr).toContain('that of the embedded engine');
  expect(status).toBe(3);
  clientsOf(port).forget();
});

/** The process that a cloud runs Flink in. */
function flinkOf({ running }: StartedCloud): number {
  const { pid } = running.child;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  const flink = children.find((child) =>
    readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('com.wildrydes.aggregation.local.Host'),
  );
  if (flink === undefined) throw new Error('the cloud has no Flink');
  return flink;
}

function isAlive(pid: number): boolean {
  try {
    // A process that nobody has asked for its end is in there too, and has no command line.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

function placeIn(data: Uint8Array): string {
  const decoded = decodeQuarantineEntry(data);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.entry.sequenceNumber;
}
