import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bench, base64, bench, START, texts } from '../fixture.ts';
import { HASH_KEYS } from '../hash-key.ts';

const HOUR = 3_600_000;

interface Listed {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  readonly AdjacentParentShardId?: string;
  readonly HashKeyRange: { readonly StartingHashKey: string; readonly EndingHashKey: string };
  readonly SequenceNumberRange: {
    readonly StartingSequenceNumber: string;
    readonly EndingSequenceNumber?: string;
  };
}

const list = (b: Bench, more: object = {}): readonly Listed[] =>
  b.ok('ListShards', { StreamName: 's', ...more }).Shards;
const open = (b: Bench) => list(b, { ShardFilter: { Type: 'AT_LATEST' } });
const scale = (b: Bench, TargetShardCount: number, more: object = {}) =>
  b.call('UpdateShardCount', {
    StreamName: 's',
    TargetShardCount,
    ScalingType: 'UNIFORM_SCALING',
    ...more,
  });

async function stream(ShardCount = 1): Promise<Bench> {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', ShardCount });
  return b;
}

test('splits each shard in half to double them, and says how many there were', async () => {
  const b = await stream(2);
  expect(scale(b, 4)).toMatchObject({
    status: 200,
    body: {
      StreamName: 's',
      StreamARN: 'arn:aws:kinesis:eu-west-1:000000000000:stream/s',
      CurrentShardCount: 2,
      TargetShardCount: 4,
    },
  });
  expect(list(b).map(({ ShardId, ParentShardId }) => [ShardId.at(-1), ParentShardId?.at(-1)])).toEqual([
    ['0', undefined],
    ['1', undefined],
    ['2', '0'],
    ['3', '0'],
    ['4', '1'],
    ['5', '1'],
  ]);
  expect(open(b).map(({ HashKeyRange }) => BigInt(HashKeyRange.StartingHashKey))).toEqual(
    [0n, 1n, 2n, 3n].map((n) => (n * HASH_KEYS) / 4n),
  );
  expect(b.ok('DescribeStreamSummary', { StreamName: 's' }).StreamDescriptionSummary).toMatchObject({
    StreamStatus: 'ACTIVE',
    OpenShardCount: 4,
  });
});

test('goes from two shards to three by shards that are only needed on the way', async () => {
  const b = await stream(2);
  scale(b, 3);
  const shards = list(b);
  expect(open(b)).toHaveLength(3);
  const brief = shards.filter(
    ({ ParentShardId, SequenceNumberRange }) =>
      ParentShardId !== undefined && SequenceNumberRange.EndingSequenceNumber !== undefined,
  );
  expect(brief).toHaveLength(2);
  const merged = shards.find(({ AdjacentParentShardId }) => AdjacentParentShardId !== undefined);
  expect([merged!.ParentShardId, merged!.AdjacentParentShardId]).toEqual(brief.map(({ ShardId }) => ShardId));
  await b.reopen();
  expect(list(b)).toEqual(shards);
  b.clock.time += 24 * HOUR + 1;
  expect(list(b).map(({ ShardId }) => ShardId)).toEqual(open(b).map(({ ShardId }) => ShardId));
});

test('whatever the counts, a consumer that follows the lineage reads every record once, each key in order', async () => {
  const change = fc.oneof(
    fc.record({ kind: fc.constant('scale' as const), by: fc.double({ min: 0.5, max: 2, noNaN: true }) }),
    fc.record({ kind: fc.constant('put' as const), key: fc.integer({ min: 0, max: 20 }) }),
    fc.constant({ kind: 'reopen' as const }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
      const b = await stream(3);
      b.ok('IncreaseStreamRetentionPeriod', { StreamName: 's', RetentionPeriodHours: 168 });
      const put = new Map<string, string[]>();
      let number = 0;
      for (const each of changes) {
        if (each.kind === 'reopen') await b.reopen();
        else if (each.kind === 'put') {
          const PartitionKey = `unicorn ${each.key}`;
          b.ok('PutRecord', { StreamName: 's', PartitionKey, Data: base64(String(number)) });
          put.set(PartitionKey, [...(put.get(PartitionKey) ?? []), String(number++)]);
        } else {
          const current = open(b).length;
          const target = Math.max(Math.ceil(current / 2), Math.min(12, Math.floor(current * each.by)));
          b.clock.time += 3 * HOUR;
          expect(scale(b, target).status).toBe(200);
          expect(open(b)).toHaveLength(target);
        }
      }
      const read = new Map<string, string[]>();
      for (const key of put.keys()) read.set(key, []);
      const waiting = list(b, { ShardFilter: { Type: 'AT_TRIM_HORIZON' } }).map(({ ShardId }) => ShardId);
      const retained = new Map(list(b).map((shard) => [shard.ShardId, shard]));
      const done = new Set<string>();
      for (let ShardId = waiting.shift(); ShardId !== undefined; ShardId = waiting.shift()) {
        if (done.has(ShardId)) continue;
        const { ParentShardId, AdjacentParentShardId } = retained.get(ShardId)!;
        const parents = [ParentShardId, AdjacentParentShardId].filter(
          (parent) => parent !== undefined && retained.has(parent) && !done.has(parent),
        );
        if (parents.length > 0) {
          waiting.push(ShardId);
          continue;
        }
        const from = { StreamName: 's', ShardId, ShardIteratorType: 'TRIM_HORIZON' };
        const answer = b.ok('GetRecords', b.ok('GetShardIterator', from));
        for (const [i, text] of texts(answer.Records).entries()) {
          read.get(answer.Records[i].PartitionKey)!.push(text);
        }
        done.add(ShardId);
        for (const child of answer.ChildShards ?? []) waiting.push(child.ShardId);
      }
      expect(read).toEqual(put);
      await b.kinesis.close();
    }),
    { numRuns: 15 },
  );
});

test('goes no further than double and half', async () => {
  const b = await stream(5);
  const refusal = (target: number) => scale(b, target).body;
  expect(refusal(11)).toEqual({
    __type: 'LimitExceededException',
    message:
      'UpdateShardCount cannot scale up over double your current open shard count. ' +
      'Current open shard count: 5, Target shard count: 11',
  });
  expect(refusal(2)).toEqual({
    __type: 'LimitExceededException',
    message:
      'UpdateShardCount cannot scale down below half your current open shard count. ' +
      'Current open shard count: 5, Target shard count: 2',
  });
  expect(refusal(10_001).message).toMatch(/^Target shard count .* cannot be greater than 10000\./);
  expect(scale(b, 3).status).toBe(200);
});

test('goes no further than the account’s limit of shards', async () => {
  const b = await stream(20);
  b.ok('CreateStream', { StreamName: 'other', ShardCount: 470 });
  expect(scale(b, 31).body).toEqual({
    __type: 'LimitExceededException',
    message:
      'This request would exceed the shard limit for the account 000000000000 in eu-west-1. ' +
      'Current shard count for the account: 490. Limit: 500. ' +
      'Number of additional shards that would have resulted from this request: 11.',
  });
  expect(scale(b, 30).status).toBe(200);
});

test('does so ten times in 24 hours, across restarts; a refused call does not count', async () => {
  const b = await stream();
  for (let i = 0; i < 10; i++) {
    expect(scale(b, 9).body.__type).toBe('LimitExceededException');
    expect(scale(b, 1 + ((i + 1) % 2)).status).toBe(200);
    b.clock.time += HOUR;
  }
  await b.reopen();
  expect(scale(b, 2).body).toEqual({
    __type: 'LimitExceededException',
    message:
      'Stream s under account 000000000000 can have 10 updates of its shard count in 24 hours ' +
      `(the next from ${new Date(START + 24 * HOUR).toISOString()} on).`,
  });
  b.clock.time = START + 24 * HOUR - 1;
  expect(scale(b, 2).status).toBe(400);
  b.clock.time += 1;
  expect(scale(b, 2).status).toBe(200);
  expect(scale(b, 1).status).toBe(400);
});

test.each([
  [{ TargetShardCount: 0 }, 'ValidationException', /at 'targetShardCount' .* greater than or equal to 1$/],
  [
    { ScalingType: 'OTHER' },
    'ValidationException',
    /at 'scalingType' .* enum value set: \[UNIFORM_SCALING\]$/,
  ],
  [{ ScalingType: null }, 'ValidationException', /^1 validation error detected: Value null at 'scalingType'/],
  [
    { TargetShardCount: '2' },
    'SerializationException',
    /^class java.lang.String can not be converted to an Integer$/,
  ],
  [
    { StreamName: 'none' },
    'ResourceNotFoundException',
    /^Stream none under account 000000000000 not found\.$/,
  ],
  [{ StreamName: null }, 'InvalidArgumentException', /^Missing StreamName or StreamARN/],
  [
    { StreamName: 'demand' },
    'ValidationException',
    /^Request is invalid\. Stream demand under account 000000000000 is in On-Demand mode\.$/,
  ],
])('refuses %j', async (more, type, message) => {
  const b = await stream();
  b.ok('CreateStream', { StreamName: 'demand', StreamModeDetails: { StreamMode: 'ON_DEMAND' } });
  const { status, body } = scale(b, 2, more);
  expect(status).toBe(400);
  expect(body).toEqual({ __type: type, message: expect.stringMatching(message) });
  expect(open(b)).toHaveLength(1);
});

test('takes a file of before, which knows no settings', async () => {
  const b = await stream(2);
  b.ok('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: base64('old') });
  await b.kinesis.close();
  const file = join(b.folder, 's', 'stream.json');
  writeFileSync(file, OLD);
  expect(readFileSync(file, 'utf8')).not.toMatch('settings');
  await b.reopen();
  expect(b.ok('DescribeStreamSummary', { StreamName: 's' }).StreamDescriptionSummary).toMatchObject({
    RetentionPeriodHours: 24,
    MaxRecordSizeInKiB: 1024,
    EncryptionType: 'NONE',
  });
  expect(b.ok('ListTagsForStream', { StreamName: 's' }).Tags).toEqual([]);
  expect(scale(b, 4).status).toBe(200);
  await b.reopen();
  expect(open(b)).toHaveLength(4);
});

/** Of a stream with two shards, as it was written before streams had settings. */
const OLD = JSON.stringify({
  version: 1,
  streamName: 's',
  region: 'eu-west-1',
  createdAt: 1777636800000,
  mode: 'PROVISIONED',
  retentionHours: 24,
  shards: [
    {
      number: 0,
      parents: [],
      startingHashKey: '0',
      endingHashKey: '170141183460469231731687303715884105727',
      openedAt: 1777636800000,
      closed: null,
    },
    {
      number: 1,
      parents: [],
      startingHashKey: '170141183460469231731687303715884105728',
      endingHashKey: '340282366920938463463374607431768211455',
      openedAt: 1777636800000,
      closed: null,
    },
  ],
  nextShard: 2,
  formerRecords: 0,
  checksum: 2318274535,
});
