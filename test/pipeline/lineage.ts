import { ListShardsCommand, MergeShardsCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import type { StreamRecord } from '../../stream/record.ts';
import type { Reading } from '../../telemetry/reading.ts';
import { parseStatusTime } from '../../telemetry/status-time.ts';
import type { CloudClients, StartedCloud } from './started-cloud.ts';

/** Shards of a stream as a client of the API sees them, and how it changes them. */

/** One of a list in which parents come before their children. */
export interface ShardInList {
  readonly shardId: string;
  readonly parents: readonly string[];
  readonly open: boolean;
  readonly start: bigint;
  readonly end: bigint;
}

export async function shardsOf({ kinesis }: CloudClients, streamName: string): Promise<ShardInList[]> {
  const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName: streamName }));
  return Shards.map((shard) => ({
    shardId: shard.ShardId ?? '',
    parents: [shard.ParentShardId, shard.AdjacentParentShardId].filter((id) => id !== undefined),
    open: shard.SequenceNumberRange?.EndingSequenceNumber === undefined,
    start: BigInt(shard.HashKeyRange?.StartingHashKey ?? -1),
    end: BigInt(shard.HashKeyRange?.EndingHashKey ?? -1),
  }));
}

export async function openShardsOf(cloud: CloudClients, streamName: string): Promise<ShardInList[]> {
  const open = (await shardsOf(cloud, streamName)).filter((shard) => shard.open);
  return open.sort((a, b) => (a.start < b.start ? -1 : 1));
}

/** Splits the widest shard of a stream in its middle. */
export async function split(cloud: CloudClients, streamName: string): Promise<void> {
  const [widest] = (await openShardsOf(cloud, streamName)).sort((a, b) =>
    Number(b.end - b.start - (a.end - a.start)),
  );
  const { shardId, start, end } = widest!;
  const NewStartingHashKey = String((start + end) / 2n);
  await cloud.kinesis.send(
    new SplitShardCommand({ StreamName: streamName, ShardToSplit: shardId, NewStartingHashKey }),
  );
}

/** Merges the first two shards of a stream. */
export async function merge(cloud: CloudClients, streamName: string): Promise<void> {
  const [lower, upper] = await openShardsOf(cloud, streamName);
  const pair = { ShardToMerge: lower!.shardId, AdjacentShardToMerge: upper!.shardId };
  await cloud.kinesis.send(new MergeShardsCommand({ StreamName: streamName, ...pair }));
}

/** Something that happens to a stream. */
export type Change = (cloud: StartedCloud, streamName: string) => Promise<void>;

/** The lowest watermark of the open shards, by the aggregation's rules, from what each shard holds. */
export function watermarkOf(shards: readonly ShardInList[], records: readonly StreamRecord[]): number {
  const watermarks = new Map<string, number>();
  const among = (ids: readonly string[]) =>
    Math.min(...ids.map((id) => watermarks.get(id)).filter((watermark) => watermark !== undefined));
  const held = groupBy(records, ({ shardId }) => shardId);
  for (const { shardId, parents } of shards) {
    const times = (held.get(shardId) ?? []).map((record) => parseStatusTime(readingIn(record).StatusTime)!);
    const inherited = among(parents);
    const watermark = Math.max(
      ...times.map((time) => time - 5_000),
      ...(Number.isFinite(inherited) ? [inherited] : []),
    );
    if (Number.isFinite(watermark)) watermarks.set(shardId, watermark);
  }
  return among(shards.filter(({ open }) => open).map(({ shardId }) => shardId));
}

/** In the order of their first elements. */
export function groupBy<T>(list: readonly T[], nameOf: (element: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const element of list) {
    const name = nameOf(element);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [element]);
    else group.push(element);
  }
  return groups;
}

export const readingIn = (record: StreamRecord) => JSON.parse(Buffer.from(record.data).toString()) as Reading;
