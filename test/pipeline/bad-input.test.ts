import { PutRecordCommand } from '@aws-sdk/client-kinesis';
import { beforeAll, describe, expect, test } from 'vitest';
import { atLocalPort, clientConfig } from '../../infra/target.ts';
import { createKinesisClient } from '../../stream/client.ts';
import { BatchingWriter } from '../../stream/writer.ts';
import { everyRecordHasOneFate } from '../../telemetry/balance.ts';
import { systemClock } from '../../telemetry/clock.ts';
import type { QuarantineEntry } from '../../telemetry/quarantine.ts';
import { LARGEST_PAYLOAD } from '../../telemetry/quarantine-codec.ts';
import type { Summary } from '../../telemetry/summary.ts';
import { STREAMS } from '../../telemetry/topology.ts';
import { wildrydes } from '../kit.ts';
import {
  BAD_READINGS,
  BAD_SUMMARIES,
  type BadRecord,
  type Content,
  GOOD_READINGS,
  reading,
  summary,
} from './bad-records.ts';
import { recompute } from './recompute.ts';
import { type Place, type Put, type StartedCloud, startCloud } from './started-cloud.ts';

/**
 * What no stage can use, put among good records as any program could put it: the neighbours reach the table, and the
 * bad record is in quarantine, once, with where it stood and why.
 */

/** Where a bad record stands among four good ones of the same unicorn. */
const POSITIONS = [
  ['first', 0],
  ['in the middle', 2],
  ['last', 4],
] as const;
const NEIGHBOURS = [1, 2, 3, 4];

let cloud: StartedCloud;
/** Where each bad record was put, by its partition key. */
const places = new Map<string, Place>();
/** What is in quarantine, by the partition key that it kept. */
const quarantine = new Map<string, QuarantineEntry[]>();
let items: readonly Summary[];

beforeAll(async () => {
  cloud = await startCloud(['--ephemeral']);
  await putAmongGoodOnes(STREAMS.readings, BAD_READINGS, (key) => NEIGHBOURS.map((n) => reading(key, n)));
  await putAmongGoodOnes(STREAMS.summaries, BAD_SUMMARIES, (key) => NEIGHBOURS.map((n) => summary(key, n)));
  for (const [, name, content] of GOOD_READINGS) {
    await cloud.put(STREAMS.readings, [
      put(name, reading(name, 1)),
      put(name, content(name)),
      put(name, reading(name, 2)),
    ]);
  }
  await cloud.put(
    STREAMS.summaries,
    [10, 30, 20].map((readings) => put('Thrice', summary('Thrice', 0, readings))),
  );
  await closeMinute(0);
  for (const { key, data } of await cloud.records(STREAMS.quarantine)) {
    const entry = JSON.parse(data.toString('utf8')) as QuarantineEntry;
    quarantine.set(key, [...(quarantine.get(key) ?? []), entry]);
  }
  items = await cloud.summaries();
  return () => cloud.kill();
});

function put(key: string, content: object | string | Uint8Array): Put {
  const isWhole = typeof content === 'string' || content instanceof Uint8Array;
  return { key, data: isWhole ? content : `${JSON.stringify(content)}\n` };
}

const keyOf = (streamName: string, kind: string, where: string) => `${streamName}: ${kind}, ${where}`;

async function putAmongGoodOnes(
  streamName: string,
  bad: readonly BadRecord[],
  neighbours: (key: string) => readonly object[],
): Promise<void> {
  for (const [kind, content] of bad) {
    for (const [where, position] of POSITIONS) {
      const key = keyOf(streamName, kind, where);
      const records = neighbours(key).map((record) => put(key, record));
      const put_ = await cloud.put(streamName, records.toSpliced(position, 0, put(key, content(key))));
      places.set(key, put_[position]!);
    }
  }
}

/** Closes that minute with a reading from the next one, which stays open, and waits for all that follows. */
async function closeMinute(minute: number): Promise<void> {
  await cloud.put(STREAMS.readings, [put('Closer', reading('Closer', minute * 60 + 66))]);
  await cloud.settled();
}

const itemsOf = (name: string) => items.filter((item) => item.Name === name);

function expectQuarantined(streamName: string, key: string, content: Content, reason: RegExp): void {
  const bytes = Buffer.from(content(key) as string);
  expect(quarantine.get(key)).toEqual([
    {
      stream: streamName,
      ...places.get(key),
      reason: expect.stringMatching(reason),
      payload: bytes.subarray(0, LARGEST_PAYLOAD).toString('base64'),
      bytes: bytes.length,
    },
  ]);
}

describe.each(POSITIONS)('a bad reading %s among good ones', (where) => {
  test.each(BAD_READINGS)('%s', async (kind, content, reason) => {
    const key = keyOf(STREAMS.readings, kind, where);
    expect(itemsOf(key)).toEqual(recompute(NEIGHBOURS.map((n) => reading(key, n))));
    expectQuarantined(STREAMS.readings, key, content, reason);
    const { tally } = await cloud.control.aggregation({ names: [key] });
    expect(tally).toMatchObject({ delivered: 5, summarised: 4, quarantined: 1, open: 0, late: 0 });
  });
});

describe.each(POSITIONS)('a bad summary %s among good ones', (where) => {
  test.each(BAD_SUMMARIES)('%s', (kind, content, reason) => {
    const key = keyOf(STREAMS.summaries, kind, where);
    expect(itemsOf(key)).toEqual(NEIGHBOURS.map((n) => summary(key, n)));
    expectQuarantined(STREAMS.summaries, key, content, reason);
  });
});

test.each(GOOD_READINGS)('%s is good', (_, name) => {
  expect(itemsOf(name)).toEqual(recompute([1, 2, 30].map((n) => reading(name, n))));
  expect(quarantine.get(name)).toBeUndefined();
});

test('of one key three times in a batch, the last stands', () => {
  expect(itemsOf('Thrice')).toEqual([summary('Thrice', 0, 20)]);
});

test('the books balance, and nothing is in quarantine that was not put', async () => {
  const { aggregation, mappings } = await cloud.control.status();
  const bad = BAD_READINGS.length * POSITIONS.length;
  expect(aggregation?.tally).toMatchObject({
    quarantined: bad,
    late: 0,
    duplicates: 0,
    open: 1,
    delivered: bad + bad * NEIGHBOURS.length + GOOD_READINGS.length * 3 + 1,
  });
  expect(everyRecordHasOneFate(aggregation!.tally)).toBe(true);
  expect([...quarantine.keys()].sort()).toEqual([...places.keys()].sort());
  for (const mapping of mappings)
    expect(mapping).toMatchObject({ failedInvocations: 0, recordsDiscarded: 0 });
});

test('the consumer shows the quarantine, with where each record stood and why', async () => {
  const count = String(places.size);
  const { status, stdout, stderr } = await wildrydes(
    ['consumer', '--stream', STREAMS.quarantine, '--port', String(cloud.port)].concat(
      ...[
        ['--from', 'start'],
        ['--count', count],
        ['--output', 'json'],
      ],
    ),
  ).finished;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const shown = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { partitionKey: string; quarantined: QuarantineEntry });
  expect(shown).toHaveLength(places.size);
  for (const { partitionKey, quarantined } of shown) {
    const [entry] = quarantine.get(partitionKey)!;
    const { stream, shardId, sequenceNumber, reason, bytes } = entry!;
    expect(quarantined).toMatchObject({ stream, shardId, sequenceNumber, reason, bytes });
  }
});

test('the consumer shows it to a person too, and nothing in it drives the terminal', async () => {
  const { status, stdout } = await wildrydes(
    ['consumer', '--stream', STREAMS.quarantine, '--port', String(cloud.port)].concat(
      ...[
        ['--from', 'start'],
        ['--count', String(places.size)],
        ['--output', 'pretty'],
      ],
    ),
    { NO_COLOR: '1' },
  ).finished;
  expect(status).toBe(0);
  expect(stdout).toContain('Distance must be from 0 to 1000000 (given -3)');
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

describe('a record of 2 MB', () => {
  const tooLarge = put('Behemoth', Buffer.alloc(2 * 1024 * 1024, ' '));
  const recordsIn = async (streamName: string) =>
    (await cloud.control.status()).streams.find((stream) => stream.streamName === streamName)?.records;

  // A request of which one member breaks a constraint is refused as a whole, before anything is written.
  test.each(POSITIONS)(
    '%s: the request is refused, and its neighbours can be put again',
    async (where, position) => {
      const name = `beside Behemoth, ${where}`;
      const good = NEIGHBOURS.map((n) => put(name, reading(name, 120 + n)));
      const before = await recordsIn(STREAMS.readings);
      await expect(cloud.put(STREAMS.readings, good.toSpliced(position, 0, tooLarge))).rejects.toMatchObject({
        name: 'ValidationException',
        message: expect.stringContaining(`'records.${position + 1}.member.data'`),
        $metadata: { httpStatusCode: 400 },
      });
      expect(await recordsIn(STREAMS.readings)).toBe(before);
      await cloud.put(STREAMS.readings, good);
      expect(await recordsIn(STREAMS.readings)).toBe(before! + 4);
    },
  );

  test('alone: refused too', async () => {
    const single = new PutRecordCommand({
      StreamName: STREAMS.readings,
      PartitionKey: tooLarge.key,
      Data: tooLarge.data as Uint8Array,
    });
    await expect(cloud.kinesis.send(single)).rejects.toMatchObject({
      name: 'ValidationException',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('through the kit, it alone fails, with a reason', async () => {
    const client = createKinesisClient(clientConfig(atLocalPort(cloud.port, undefined)), { maxAttempts: 1 });
    const acknowledged: string[] = [];
    const failed: string[] = [];
    const writer = new BatchingWriter<string>({
      client,
      streamName: STREAMS.readings,
      random: Math.random,
      clock: systemClock,
      acknowledged: ({ tag }) => void acknowledged.push(tag),
      failed: ({ tag }, reason) => void failed.push(`${tag}: ${reason}`),
    });
    const records = NEIGHBOURS.map((n) => put('kit', reading('beside Behemoth, by the kit', 120 + n)));
    for (const [i, { key, data }] of records.toSpliced(2, 0, tooLarge).entries()) {
      await writer.put({ key, data: Buffer.from(data as string), time: i, tag: String(i) });
    }
    await writer.flush();
    writer.close();
    client.destroy();
    expect(acknowledged.sort()).toEqual(['0', '1', '3', '4']);
    expect(failed).toEqual([expect.stringMatching(/^2: .*(1 MiB|1048576)/)]);
  });

  test('every neighbour reaches the table', async () => {
    await closeMinute(2);
    const found = (await cloud.summaries()).filter(({ Name }) => Name.startsWith('beside Behemoth'));
    expect(found.map(({ Readings }) => Readings)).toEqual([4, 4, 4, 4]);
  });
});
