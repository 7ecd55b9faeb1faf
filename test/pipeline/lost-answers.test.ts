import { CreateStreamCommand } from '@aws-sdk/client-kinesis';
import { expect, onTestFinished, test } from 'vitest';
import { memoryCheckpoints } from '../../aggregation/checkpoint.ts';
import { startAggregation } from '../../aggregation/runner.ts';
import type { Report } from '../../cli/producer/events.ts';
import { integer, randomStream } from '../../simulator/random.ts';
import { isBalanced } from '../../telemetry/balance.ts';
import { systemClock } from '../../telemetry/clock.ts';
import type { QuarantineEntry } from '../../telemetry/quarantine.ts';
import type { Reading } from '../../telemetry/reading.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import type { Summary } from '../../telemetry/summary.ts';
import { STREAMS } from '../../telemetry/topology.ts';
import { events, wildrydes } from '../kit.ts';
import { type Fate, openFaultProxy, type PutRequest } from './fault-proxy.ts';
import { groupBy } from './lineage.ts';
import { inOrder, recompute } from './recompute.ts';
import {
  clientAt,
  closeMinutes,
  cloudFor,
  expectEachOnceAndInOrder,
  expectSentOnce,
  expectStored,
  namesOf,
  readBack,
  ride,
  START,
} from './ride.ts';
import { eventually, type StartedCloud } from './started-cloud.ts';

/**
 * Requests that were carried out and whose answers got lost, and requests of which a part was refused: who sends again
 * changes no sum, and the books say how often it happened.
 */

/** Of some records the answer is lost once, of fewer twice: of the requests that begin with them. */
function losingAnswers(seed: string): (put: PutRequest) => Fate {
  const random = randomStream(seed, 'proxy', 'lost answers');
  const left = new Map<string, number>();
  return ({ texts: [first = ''] }) => {
    const losses = left.get(first) ?? [0, 0, 0, 1, 2][integer(random, 0, 4)]!;
    left.set(first, losses - 1);
    return { answerLost: losses > 0 };
  };
}

/** Any record may be refused, up to three times. */
function refusingRecords(seed: string): (put: PutRequest) => Fate {
  const random = randomStream(seed, 'proxy', 'refused records');
  const refusals = new Map<string, number>();
  return ({ texts }) => {
    const refused = new Set<number>();
    for (const [i, text] of texts.entries()) {
      const before = refusals.get(text) ?? 0;
      if (before === 3 || integer(random, 0, 2) > 0) continue;
      refusals.set(text, before + 1);
      refused.add(i);
    }
    return { refused };
  };
}

async function recordsIn({ control }: StartedCloud): Promise<number> {
  const { streams } = await control.status();
  return streams.find(({ streamName }) => streamName === STREAMS.readings)!.records;
}

test('a fleet whose answers are lost sends again: each reading counts once, and each repetition is in the books', async () => {
  const cloud = await cloudFor('--ephemeral');
  const proxy = await openFaultProxy(cloud.port, losingAnswers('7'));
  const seconds = 240;
  const { readings, ...sent } = await ride(cloud, { unicorns: 20, seconds, through: proxy.port });
  const lost = proxy.lost.get(STREAMS.readings);
  expect(lost).toBeGreaterThan(500);
  expect(sent).toMatchObject({ acknowledged: readings.length, uncertain: lost, failed: [] });

  const delivered = await recordsIn(cloud);
  expect(delivered).toBe(readings.length + lost!);
  const { records } = await readBack(cloud, delivered);
  const times = [...groupBy(records, ({ data }) => Buffer.from(data).toString()).values()];
  expect(Math.max(...times.map(({ length }) => length))).toBeGreaterThan(2);
  expectEachOnceAndInOrder(
    times.map(([first]) => first!),
    readings,
  );

  await closeMinutes(cloud, seconds);
  const { tally } = await cloud.control.aggregation({ names: namesOf(readings) });
  expect(tally).toMatchObject({ delivered, summarised: readings.length, duplicates: lost, late: 0, open: 0 });
  expect(isBalanced(sent, tally)).toBe(true);
  await expectStored(cloud, readings);
  await expectSentOnce(cloud, readings);
});

test('a fleet of whose requests parts are refused sends those again, and nothing else', async () => {
  const cloud = await cloudFor('--ephemeral');
  const proxy = await openFaultProxy(cloud.port, refusingRecords('7'));
  const seconds = 120;
  const { readings, ...sent } = await ride(cloud, {
    unicorns: 20,
    seconds,
    maxBuffered: 300,
    through: proxy.port,
  });
  expect(proxy.refused).toBeGreaterThan(500);
  expect(sent).toMatchObject({ acknowledged: readings.length, uncertain: 0, failed: [] });
  expect(sent.waits).toBeGreaterThan(0);
  expect(sent.mostBuffered).toBeLessThanOrEqual(300);

  await closeMinutes(cloud, seconds);
  const { tally } = await cloud.control.aggregation({ names: namesOf(readings) });
  expect(tally).toMatchObject({ delivered: readings.length, summarised: readings.length });
  expect(isBalanced(sent, tally)).toBe(true);
  await expectStored(cloud, readings);
  await expectSentOnce(cloud, readings);
});

test('the producer says how many answers it missed, and its report balances', async () => {
  const cloud = await cloudFor('--ephemeral');
  const proxy = await openFaultProxy(cloud.port, losingAnswers('8'));
  const [unicorns, seconds] = [10, 120];
  const running = wildrydes(
    ['producer', '--endpoint', `http://127.0.0.1:${proxy.port}`, '--output', 'json'].concat(
      ...[
        ['--fleet', String(unicorns), '--seed', '7'],
        ['--start', formatStatusTime(START), '--count', String(seconds), '--speed', 'max'],
      ],
    ),
  );
  // The clock would close the last minute, in half a minute. Another unicorn does so at once.
  await running.line((line) => line.startsWith('{"event":"reading"'), unicorns * seconds);
  await closeMinutes(cloud, seconds);
  const { status, stdout, stderr } = await running.finished;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });

  const readings = events<{ reading: Reading }>(stdout, 'reading').map(({ reading }) => reading);
  const lost = proxy.lost.get(STREAMS.readings)!;
  expect(lost).toBeGreaterThan(100);
  expect(events<Report>(stdout, 'report')).toMatchObject([
    {
      acknowledged: unicorns * seconds,
      uncertain: lost,
      delivered: unicorns * seconds + lost,
      summarised: unicorns * seconds,
      duplicates: lost,
      failed: 0,
      late: 0,
      open: 0,
      balanced: true,
    },
  ]);
  const summaries = events<{ summary: Summary }>(stdout, 'summary').map(({ summary }) => summary);
  expect(inOrder(summaries)).toEqual(inOrder(recompute(readings)));
  await expectStored(cloud, readings);
});

test('an aggregation whose answers are lost sends again what it sent, and the table has each summary once', async () => {
  const cloud = await cloudFor('--ephemeral');
  // Of each stream, only every third answer arrives.
  const proxy = await openFaultProxy(cloud.port, ({ number }) => ({ answerLost: number % 3 !== 0 }));
  // The cloud's own aggregation finds nothing to do; its function stores what this one sends.
  const source = 'wildrydes-elsewhere';
  await cloud.kinesis.send(new CreateStreamCommand({ StreamName: source, ShardCount: 1 }));
  const aggregation = await startAggregation({
    client: clientAt(proxy.port),
    streams: { ...STREAMS, readings: source },
    checkpoint: memoryCheckpoints(),
    clock: systemClock,
    random: Math.random,
    pollInterval: 5,
  });
  onTestFinished(() => aggregation.stop());

  const names = ['Rocinante', 'Shadowfax', '🦄'];
  const readings: Reading[] = [];
  const bad: string[] = [];
  for (let minute = 0; minute < 4; minute++) {
    const own = Array.from({ length: 180 }, (_, i): Reading => {
      const second = minute * 60 + Math.floor(i / 3);
      return {
        Name: names[i % 3]!,
        StatusTime: formatStatusTime(START + second * 1_000),
        Latitude: 40.7,
        Longitude: -73.9,
        Distance: 29 + second / 1_000,
        MagicPoints: 150 - (second % 7),
        HealthPoints: 150 + (second % 11),
      };
    });
    readings.push(...own);
    const put = own.map((reading) => ({ key: reading.Name, data: JSON.stringify(reading) }));
    const noReading = { key: names[0]!, data: `no reading ${minute}` };
    const places = await cloud.put(source, put.toSpliced(90, 0, noReading));
    bad.push(places[90]!.sequenceNumber);
    // What is sent together with the next minute's would be one request: each is to have its own.
    await eventually('the minute was judged', async () => {
      const { tally } = aggregation.progress();
      return { done: tally.delivered === readings.length + bad.length, value: tally };
    });
  }
  await aggregation.closeWindows();
  expect(aggregation.progress()).toMatchObject({
    tally: { summarised: readings.length, quarantined: bad.length, summaries: 12, open: 0 },
    outbox: 0,
    trouble: null,
  });
  await cloud.settled();

  for (const [stream, unlike] of [
    [STREAMS.summaries, 12],
    [STREAMS.quarantine, bad.length],
  ] as const) {
    const texts = (await cloud.records(stream)).map(({ data }) => data.toString());
    expect(texts).toHaveLength(unlike + proxy.lost.get(stream)!);
    expect(new Set(texts).size).toBe(unlike);
  }
  const entries = (await cloud.records(STREAMS.quarantine)).map(
    ({ data }) => JSON.parse(data.toString()) as QuarantineEntry,
  );
  expect([...new Set(entries.map(({ sequenceNumber }) => sequenceNumber))].sort()).toEqual(bad.sort());
  expect(inOrder(await cloud.summaries())).toEqual(inOrder(recompute(readings)));
});
