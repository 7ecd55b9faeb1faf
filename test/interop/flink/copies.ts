import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
  type _Record as StreamRecord,
} from '@aws-sdk/client-kinesis';
import { expect } from 'vitest';

/** A record as `CopyJob` of aggregation/flink copies it. */
export interface Copy {
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** Which one of its shard it is, from 1: the job's state. */
  readonly number: number;
  /** Process that made the copy. */
  readonly run: string;
  readonly text: string;
}

export async function createStream(client: KinesisClient, name: string, shards: number): Promise<void> {
  await client.send(new CreateStreamCommand({ StreamName: name, ShardCount: shards }));
}

/** Puts `count` records, in order for each of their keys, `from` being the number of the first. */
export async function put(client: KinesisClient, streamName: string, count: number, from = 0): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => from + index);
  for (let start = 0; start < count; start += 500) {
    const Records = numbers.slice(start, start + 500).map((number) => ({
      PartitionKey: `unicorn-${number % 37}`,
      Data: Buffer.from(`unicorn-${number % 37} ${number}`),
    }));
    const { FailedRecordCount } = await client.send(
      new PutRecordsCommand({ StreamName: streamName, Records }),
    );
    expect(FailedRecordCount).toBe(0);
  }
}

/** All that a stream holds, by shard, in order. */
export async function contents(
  client: KinesisClient,
  streamName: string,
): Promise<Map<string, StreamRecord[]>> {
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: streamName }));
  const held = new Map<string, StreamRecord[]>();
  for (const { ShardId } of Shards) {
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName: streamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    );
    const records: StreamRecord[] = [];
    let iterator = ShardIterator;
    while (iterator !== undefined) {
      const answer = await client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 10_000 }));
      records.push(...(answer.Records ?? []));
      iterator = answer.MillisBehindLatest === 0 ? undefined : answer.NextShardIterator;
    }
    held.set(ShardId!, records);
  }
  return held;
}

/** The copies in a stream, in the order in which they came. */
export async function copiesIn(client: KinesisClient, streamName: string): Promise<Copy[]> {
  const held = await contents(client, streamName);
  return [...held.values()].flat().map(({ Data }) => {
    const [shardId = '', sequenceNumber = '', number, run = '', key, ...rest] = Buffer.from(Data!)
      .toString()
      .split(' ');
    expect(rest[0]).toBe(key);
    return { shardId, sequenceNumber, number: Number(number), run, text: rest.join(' ') };
  });
}

/** How many different records were copied. */
export async function copied(client: KinesisClient, streamName: string): Promise<number> {
  const copies = await copiesIn(client, streamName);
  return new Set(copies.map(({ shardId, sequenceNumber }) => `${shardId} ${sequenceNumber}`)).size;
}

/**
 * Expects that each record of a stream was counted exactly once by the job's state, and that each copy which was sent is
 * in that state: a copy may have come more than once, but is then the same to its last byte.
 */
export async function expectExact(client: KinesisClient, from: string, to: string): Promise<readonly Copy[]> {
  const truth = await contents(client, from);
  const copies = await copiesIn(client, to);
  const different = new Map(copies.map((copy) => [JSON.stringify(copy), copy]));
  for (const [shardId, records] of truth) {
    const mine = [...different.values()].filter((copy) => copy.shardId === shardId);
    mine.sort((a, b) => a.number - b.number);
    const expected = records.map(({ SequenceNumber, Data }, index) => ({
      sequenceNumber: SequenceNumber,
      number: index + 1,
      text: Buffer.from(Data!).toString(),
    }));
    expect(mine.map(({ sequenceNumber, number, text }) => ({ sequenceNumber, number, text }))).toEqual(
      expected,
    );
  }
  expect(different.size).toBe([...truth.values()].flat().length);
  return copies;
}
