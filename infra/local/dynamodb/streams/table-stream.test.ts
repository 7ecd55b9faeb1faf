import { DeleteTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createStore } from '../dynalite.ts';
import { DynamoDBFixture, ridesTable, setStream } from '../fixture.ts';
import type { DynamoDBOptions } from '../service.ts';
import { captureInto } from './capture.ts';
import { changeKey, streamKey } from './keys.ts';
import { TableStreams } from './table-streams.ts';

const fixture = new DynamoDBFixture();
afterEach(() => fixture.closeAll());

const DAY = 24 * 60 * 60 * 1000;

async function openStream(options: Partial<DynamoDBOptions> = {}) {
  const opened = await fixture.open(options);
  const { client, service, reader } = opened;
  await client.send(ridesTable('NEW_IMAGE'));
  const [arn = ''] = await reader.arns();
  const stream = service.stream(arn);
  const shard = stream?.shards[0];
  if (stream === undefined || shard === undefined) throw new Error(`no stream ${arn}`);
  const put = (step: number, Name = 'Rocinante') =>
    client.send(
      new PutItemCommand({ TableName: 'Rides', Item: { Name: { S: Name }, step: { N: String(step) } } }),
    );
  return { ...opened, arn, stream, shard, put };
}

describe('a stream inside the process', () => {
  it('is found by its ARN and by its name', async () => {
    const { service, stream, shard, arn, reader } = await openStream();
    expect(stream).toMatchObject({ streamArn: arn, streamName: 'Rides/2026-01-01T00:00:00.250' });
    expect(service.stream(stream.streamName)).toBe(stream);
    expect(service.stream(arn.replace('us-east-1', 'eu-west-1'))).toBe(stream);
    for (const none of ['', 'Rides', 'Rides/', 'Rides/__proto__', `${arn}Z`, arn.replace('Rides', 'Walks')]) {
      expect(service.stream(none)).toBeUndefined();
    }
    expect(shard.shardId).toBe((await reader.describe(arn)).Shards?.[0]?.ShardId);
    expect(shard.parents).toEqual([]);
  });

  it.each([4 * 1024 * 1024, 0])(
    'gives what Lambda is sent of each change (%i bytes in memory)',
    async (tailBytes) => {
      const { shard, arn, put, reader } = await openStream({ tailBytes });
      await put(1);
      fixture.now += 1_250;
      await put(2);
      const records = await shard.read(0, 10, 1_000_000);
      const given = await reader.all();
      expect(records).toHaveLength(2);
      for (const [i, record] of records.entries()) {
        const { dynamodb, ...event } = given[i]!;
        const time = (dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000;
        expect(JSON.parse(record.data.toString())).toEqual({
          ...event,
          dynamodb: { ...dynamodb, ApproximateCreationDateTime: time },
          eventSourceARN: arn,
        });
        expect(record).toMatchObject({
          index: i,
          sequenceNumber: dynamodb?.SequenceNumber,
          partitionKey: JSON.stringify({ Name: { S: 'Rocinante' }, step: { N: String(i + 1) } }),
          arrival: Date.parse('2026-01-01T00:00:00.250Z') + i * 1_250,
        });
        expect(shard.sequenceNumber(i)).toBe(record.sequenceNumber);
        expect(shard.indexOf(record.sequenceNumber)).toBe(i);
      }
      expect(shard.indexOf(shard.sequenceNumber(2))).toBeUndefined();
      expect(shard.indexOf('x')).toBeUndefined();
    },
  );

  it.each([4 * 1024 * 1024, 0])('is read in part (%i bytes in memory)', async (tailBytes) => {
    const { shard, put } = await openStream({ tailBytes });
    for (let step = 0; step < 5; step++) {
      fixture.now += 10;
      await put(step);
    }
    const read = async (...where: Parameters<typeof shard.read>) =>
      (await shard.read(...where)).map(({ index }) => index);
    expect([shard.first, shard.next]).toEqual([0, 5]);
    expect(await read(0, 2, 1_000_000)).toEqual([0, 1]);
    expect(await read(3, 9, 1_000_000)).toEqual([3, 4]);
    expect(await read(5, 9, 1_000_000)).toEqual([]);
    expect(await read(0, 0, 1_000_000)).toEqual([]);
    expect(await read(1, 9, 1)).toEqual([1]);
    const [one] = await shard.read(1, 1, 0);
    const size = one!.data.length + one!.partitionKey.length;
    expect(await read(1, 9, 3 * size)).toEqual([1, 2, 3]);
    expect(await read(1, 9, 3 * size - 1)).toEqual([1, 2]);
  });

  it('gives the newest at once', async () => {
    const { shard, put } = await openStream({ tailBytes: 1_000 });
    for (let step = 0; step < 5; step++) await put(step);
    expect(shard.read(4, 1, 1_000)).toHaveLength(1);
    expect(shard.read(0, 1, 1_000)).toBeInstanceOf(Promise);
  });

  it('knows where a time is as far as memory goes, and starts earlier beyond', async () => {
    const { shard, put } = await openStream({ tailBytes: 1_500 });
    const start = fixture.now;
    for (let step = 0; step < 9; step++) {
      fixture.now += 10;
      await put(step);
    }
    const known = Array.from({ length: 9 }, (_, i) => i).filter((i) => Array.isArray(shard.read(i, 1, 1)));
    expect(known.length).toBeGreaterThan(1);
    for (const i of known.slice(1)) {
      expect(shard.indexAtTime(start + 10 * (i + 1))).toBe(i);
      expect(shard.indexAtTime(start + 10 * i + 1)).toBe(i);
    }
    expect(shard.indexAtTime(start + 91)).toBe(9);
    expect(shard.indexAtTime(start)).toBe(0);
  });

  it('tells of what comes, of its end, and of its removal a day later', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const { client, service, stream, shard, arn, put } = await openStream();
      const appended = vi.fn();
      const shards = vi.fn();
      const streams = vi.fn();
      const stops = [shard.onAppend(appended), stream.onShards(shards), service.onStream(streams)];
      await put(1);
      await expect.poll(() => appended.mock.calls.length).toBe(1);
      await client.send(new DeleteTableCommand({ TableName: 'Rides' }));
      await expect.poll(() => shards.mock.calls.length).toBe(1);
      expect(shard.closed).toBe(true);
      expect(service.stream(arn)?.shards).toEqual([shard]);
      expect(await shard.read(0, 9, 1_000)).toHaveLength(1);

      fixture.now += DAY;
      vi.advanceTimersByTime(60_000);
      expect(await shard.read(0, 9, 1_000)).toHaveLength(1);
      fixture.now += 1;
      vi.advanceTimersByTime(60_000);
      await expect.poll(() => streams.mock.calls).toEqual([[arn]]);
      expect(stream.shards).toEqual([]);
      expect(service.stream(arn)).toBeUndefined();
      expect([shard.closed, await shard.read(0, 9, 1_000)]).toEqual([true, []]);

      for (const stop of stops) stop();
      await client.send(ridesTable('KEYS_ONLY'));
      expect(streams).toHaveBeenCalledTimes(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('tells of a stream that begins', async () => {
    const { client, service, reader } = await fixture.open();
    const streams = vi.fn();
    service.onStream(streams);
    await client.send(ridesTable());
    await client.send(setStream('KEYS_ONLY'));
    const arns = await reader.arns();
    await expect.poll(() => streams.mock.calls).toEqual([arns]);
  });

  it('keeps what is younger than a day, in order of its numbers', async () => {
    const { shard, put, reader } = await openStream({ tailBytes: 1_000 });
    for (let step = 0; step < 20; step++) {
      fixture.now += 1_000;
      await put(step);
    }
    fixture.now += DAY - 9_000;
    const kept = await reader.all();
    expect(kept.map(({ dynamodb }) => dynamodb?.Keys?.step?.N)).toEqual(
      Array.from({ length: 10 }, (_, i) => String(i + 10)),
    );
    expect([shard.first, shard.next]).toEqual([10, 20]);
    expect((await shard.read(0, 1, 1))[0]?.index).toBe(10);
    expect(shard.indexOf(shard.sequenceNumber(3))).toBe(3);
  });

  it('reads what an earlier version wrote, under the numbers of today', async () => {
    const streams = new TableStreams({ now: () => 1, tailBytes: 0, log: () => {} });
    const { db } = createStore(null, captureInto(streams));
    await db.open();
    const id = Date.UTC(2026, 0, 1);
    const SequenceNumber = `${id}00000000001`;
    const entry = { id, tableName: 'Rides', viewType: 'KEYS_ONLY', keySchema: [], closedAt: null };
    const record = { eventName: 'INSERT', dynamodb: { Keys: { Name: { S: 'Rocinante' } }, SequenceNumber } };
    await db.batch([
      { type: 'put', key: streamKey(id), value: entry },
      {
        type: 'put',
        key: changeKey(id, 0),
        value: JSON.stringify({ arrival: 1, record }),
        valueEncoding: 'utf8',
      },
    ]);
    await streams.attach(db);
    const stream = streams.byId(id)!;
    const [change] = await stream.read(0, 1, 1_000_000);
    expect(change?.sequenceNumber).toBe(stream.sequenceNumber(0));
    expect(JSON.parse(String(change?.data)).dynamodb.SequenceNumber).toBe(change?.sequenceNumber);
    // A mapping that stood behind the change goes on there.
    expect(stream.indexOf(SequenceNumber)).toBe(0);
    await db.close();
  });

  it('says so where changes are missing in the database', async () => {
    const streams = new TableStreams({ now: () => 1, tailBytes: 0, log: () => {} });
    const { db } = createStore(null, captureInto(streams));
    await db.open();
    await streams.attach(db);
    await db.batch([
      {
        type: 'put',
        key: 'table~Rides',
        value: {
          TableName: 'Rides',
          TableStatus: 'ACTIVE',
          KeySchema: [{ AttributeName: 'Name', KeyType: 'HASH' }],
          LatestStreamLabel: '2026-01-01T00:00:00.000',
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
        },
      },
      ...['a', 'b', 'c', 'd', 'e'].map((S) => ({
        type: 'put' as const,
        key: `item-Rides~${S}`,
        value: { Name: { S } },
      })),
    ]);
    const [stream] = streams.all();
    const read = async (from: number, records: number) =>
      (await stream?.read(from, records, 1_000_000))?.map(({ index }) => index);
    await db.del(changeKey(stream!.entry.id, 2));
    expect(await read(0, 2)).toEqual([0, 1]);
    expect(await read(3, 9)).toEqual([3, 4]);
    for (const [from, records] of [
      [2, 1],
      [1, 2],
      [0, 9],
    ] as const) {
      await expect(read(from, records)).rejects.toMatchObject({
        code: 'STATE_CORRUPT',
        message: `Change ${stream?.sequenceNumber(2)} of table Rides is missing in the database`,
      });
    }
    await db.close();
  });
});
