import {
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
  type _Record as SdkRecord,
  type Shard,
  type StreamDescriptionSummary,
} from '@aws-sdk/client-kinesis';
import { notYet } from '../finding.ts';
import type { Workbench } from '../workbench.ts';
import { ifThere } from './missing.ts';

/**
 * A stream that is ready for use.
 *
 * @throws Unmet with the command that creates it
 */
export async function activeStream(at: Workbench, name: string): Promise<StreamDescriptionSummary> {
  const answer = await ifThere(at.kinesis.send(new DescribeStreamSummaryCommand({ StreamName: name })));
  const stream = answer?.StreamDescriptionSummary;
  const looked = `the stream ${name}`;
  if (stream === undefined) {
    throw notYet({
      looked,
      found: 'there is none',
      expected: 'an ACTIVE stream with one shard',
      next: `aws kinesis create-stream --stream-name ${name} --shard-count 1`,
    });
  }
  // UPDATING takes and gives records too.
  if (stream.StreamStatus === 'ACTIVE' || stream.StreamStatus === 'UPDATING') return stream;
  throw notYet({
    looked,
    found: `it is ${stream.StreamStatus}`,
    expected: 'it is ACTIVE',
    next: `aws kinesis wait stream-exists --stream-name ${name}`,
  });
}

/** All shards of a stream, those that were split or merged as well: they have an EndingSequenceNumber. */
export async function shardsOf(at: Workbench, name: string): Promise<Shard[]> {
  const shards: Shard[] = [];
  let token: string | undefined;
  do {
    // A token stands for the name too, and must come alone.
    const page = await at.kinesis.send(
      new ListShardsCommand(token === undefined ? { StreamName: name } : { NextToken: token }),
    );
    shards.push(...(page.Shards ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return shards;
}

export function isOpen(shard: Shard): boolean {
  return shard.SequenceNumberRange?.EndingSequenceNumber === undefined;
}

/** A record, and the shard that it came from. */
export interface PlacedRecord {
  readonly shardId: string;
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  /** Milliseconds since the epoch. */
  readonly arrival: number;
  readonly data: Uint8Array;
}

/** Records that a look takes at most, of one shard: a fleet's stream may hold millions. */
const MOST = 200_000;

/**
 * What has come into a stream since a moment, shard by shard in sequence order, parents before their children.
 *
 * @param since milliseconds since the epoch; undefined: all that it still has
 * @param most of one shard; of more than that, the first ones
 */
export async function recordsSince(
  at: Workbench,
  name: string,
  since: number | undefined,
  most: number = MOST,
): Promise<PlacedRecord[]> {
  const records: PlacedRecord[] = [];
  for (const { ShardId: shardId = '' } of await shardsOf(at, name)) {
    records.push(...(await recordsOfShard(at, name, shardId, since, most)));
  }
  return records;
}

async function recordsOfShard(
  at: Workbench,
  name: string,
  shardId: string,
  since: number | undefined,
  most: number,
): Promise<PlacedRecord[]> {
  const { ShardIterator: first } = await at.kinesis.send(
    new GetShardIteratorCommand({
      StreamName: name,
      ShardId: shardId,
      ...(since === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(since) }),
    }),
  );
  const records: PlacedRecord[] = [];
  let iterator = first;
  while (iterator !== undefined && records.length < most) {
    at.signal.throwIfAborted();
    // The SDK itself waits and tries again when the shard's five reads a second are used up.
    const answer = await at.kinesis.send(new GetRecordsCommand({ ShardIterator: iterator }));
    for (const record of answer.Records ?? []) records.push(placed(shardId, record));
    if ((answer.MillisBehindLatest ?? 0) === 0) break;
    iterator = answer.NextShardIterator;
  }
  return records.slice(0, most);
}

function placed(shardId: string, record: SdkRecord): PlacedRecord {
  return {
    shardId,
    sequenceNumber: record.SequenceNumber ?? '',
    partitionKey: record.PartitionKey ?? '',
    arrival: record.ApproximateArrivalTimestamp?.getTime() ?? 0,
    data: record.Data ?? new Uint8Array(),
  };
}
