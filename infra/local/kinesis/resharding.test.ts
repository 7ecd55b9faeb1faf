import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bench, base64, bench } from './fixture.ts';
import { HASH_KEYS } from './hash-key.ts';

/** What a client knows of a shard, from ListShards alone. */
interface Listed {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  readonly AdjacentParentShardId?: string;
  readonly HashKeyRange: { readonly StartingHashKey: string; readonly EndingHashKey: string };
  readonly SequenceNumberRange: { readonly EndingSequenceNumber?: string };
}

const list = (b: Bench): readonly Listed[] => b.ok('ListShards', { StreamName: 's' }).Shards;

const isOpen = (shard: Listed): boolean => shard.SequenceNumberRange.EndingSequenceNumber === undefined;

const openInOrder = (b: Bench): readonly Listed[] =>
  list(b)
    .filter(isOpen)
    .sort((a, z) =>
      BigInt(a.HashKeyRange.StartingHashKey) < BigInt(z.HashKeyRange.StartingHashKey) ? -1 : 1,
    );

/** Reads every shard, parents before their children, as a consumer would. */
function readAll(b: Bench): { readonly key: string; readonly number: number }[] {
  const read: { key: string; number: number }[] = [];
  for (const { ShardId } of list(b)) {
    const from = { StreamName: 's', ShardId, ShardIteratorType: 'TRIM_HORIZON' };
    for (const { PartitionKey, Data } of b.ok('GetRecords', b.ok('GetShardIterator', from)).Records) {
      read.push({ key: PartitionKey, number: Number(Buffer.from(Data, 'base64').toString()) });
    }
  }
  return read;
}

const step = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), key: fc.integer({ min: 0, max: 20 }) }),
  fc.record({
    kind: fc.constant('split' as const),
    which: fc.nat(),
    where: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({ kind: fc.constant('merge' as const), which: fc.nat() }),
  fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ kind: fc.constant('reopen' as const) }),
);

test('however often shards are split and merged, every hash key has one open shard and every record is read once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const b = await bench();
      b.ok('CreateStream', { StreamName: 's', ShardCount: 2 });
      const put: { key: string; number: number }[] = [];
      for (const each of steps) {
        const open = openInOrder(b);
        if (each.kind === 'wait') b.clock.time += each.minutes * 60_000;
        else if (each.kind === 'reopen') await b.reopen();
        else if (each.kind === 'put') {
          const record = { key: `unicorn ${each.key}`, number: put.length };
          b.ok('PutRecord', {
            StreamName: 's',
            PartitionKey: record.key,
            Data: base64(String(record.number)),
          });
          put.push(record);
        } else if (each.kind === 'split') {
          const { ShardId, HashKeyRange } = open[each.which % open.length]!;
          const [start, end] = [BigInt(HashKeyRange.StartingHashKey), BigInt(HashKeyRange.EndingHashKey)];
          const at = start + 2n + ((end - start - 3n) * BigInt(Math.floor(each.where * 1000))) / 1000n;
          if (at > start + 1n && at < end) {
            b.ok('SplitShard', { StreamName: 's', ShardToSplit: ShardId, NewStartingHashKey: String(at) });
          }
        } else if (open.length > 1) {
          const lower = each.which % (open.length - 1);
          b.ok('MergeShards', {
            StreamName: 's',
            ShardToMerge: open[lower]!.ShardId,
            AdjacentShardToMerge: open[lower + 1]!.ShardId,
          });
        }
      }

      let next = 0n;
      for (const { HashKeyRange } of openInOrder(b)) {
        expect(BigInt(HashKeyRange.StartingHashKey)).toBe(next);
        next = BigInt(HashKeyRange.EndingHashKey) + 1n;
      }
      expect(next).toBe(HASH_KEYS);

      const shards = list(b);
      const parents = new Set(shards.flatMap((shard) => [shard.ParentShardId, shard.AdjacentParentShardId]));
      for (const shard of shards) expect(parents.has(shard.ShardId)).toBe(!isOpen(shard));

      const read = readAll(b);
      expect(new Set(read.map(({ number }) => number)).size).toBe(read.length);
      expect(byKey(read)).toEqual(byKey(put));
      await b.kinesis.close();
    }),
    { numRuns: 40 },
  );
});

function byKey<T extends { readonly key: string }>(records: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const record of records) groups.set(record.key, [...(groups.get(record.key) ?? []), record]);
  return groups;
}
