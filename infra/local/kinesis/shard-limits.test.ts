import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bench, base64, bench, type Reply, texts } from './fixture.ts';

const MIB = 1024 * 1024;
const FIRST = 'shardId-000000000000';

async function limited(ShardCount = 1): Promise<Bench> {
  const b = await bench();
  b.kinesis.enforceLimits(true);
  b.ok('CreateStream', { StreamName: 's', ShardCount });
  return b;
}

/** Keys of one byte, whose hash keys are given. */
const small = { PartitionKey: 'k', Data: base64('x') };
const left = { ...small, ExplicitHashKey: '0' };
const right = { ...small, ExplicitHashKey: String(2n ** 128n - 1n) };
const sized = (bytes: number) => ({ PartitionKey: 'k', Data: Buffer.alloc(bytes - 1).toString('base64') });

function put(b: Bench, ...Records: readonly object[]) {
  return b.ok('PutRecords', { StreamName: 's', Records });
}

function read(b: Bench, ShardIteratorType = 'TRIM_HORIZON'): Reply {
  const from = b.ok('GetShardIterator', { StreamName: 's', ShardId: FIRST, ShardIteratorType });
  return b.call('GetRecords', from);
}

const message = (shardId = FIRST) =>
  `Rate exceeded for shard ${shardId} in stream s under account 000000000000.`;
const refusal = (shardId = FIRST) => ({
  ErrorCode: 'ProvisionedThroughputExceededException',
  ErrorMessage: message(shardId),
});
const exception = {
  status: 400,
  body: { __type: 'ProvisionedThroughputExceededException', message: message() },
};
const taken = (shardId = FIRST) => ({ SequenceNumber: expect.any(String), ShardId: shardId });

test('takes 1,000 records a second, and refuses each one more', async () => {
  const b = await limited();
  expect(put(b, ...Array(500).fill(small)).FailedRecordCount).toBe(0);
  expect(put(b, ...Array(499).fill(small)).FailedRecordCount).toBe(0);
  expect(put(b, small, small, small)).toEqual({
    FailedRecordCount: 2,
    Records: [taken(), refusal(), refusal()],
  });
  expect(put(b, small).FailedRecordCount).toBe(1);
  expect(b.call('PutRecord', { StreamName: 's', ...small })).toMatchObject(exception);
  b.clock.elapsed += 2;
  expect(put(b, small, small, small).FailedRecordCount).toBe(1);
  b.clock.elapsed += 1;
  expect(b.call('PutRecord', { StreamName: 's', ...small }).status).toBe(200);
  expect(b.kinesis.stream('s')!.shards[0]!.next).toBe(1003);
});

test('does not save up more than a second’s worth', async () => {
  const b = await limited();
  b.clock.elapsed += 3_600_000;
  for (let i = 0; i < 2; i++) put(b, ...Array(500).fill(small));
  expect(put(b, small).FailedRecordCount).toBe(1);
});

test('takes 1 MiB a second with keys, and the smaller records between those that are too large', async () => {
  const b = await limited();
  const { FailedRecordCount, Records } = put(
    b,
    sized(MIB - 10),
    sized(11),
    sized(4),
    sized(7),
    sized(6),
    small,
  );
  expect(FailedRecordCount).toBe(3);
  expect(Records).toEqual([taken(), refusal(), taken(), refusal(), taken(), refusal()]);
  expect(b.call('PutRecord', { StreamName: 's', ...small })).toMatchObject(exception);
  b.clock.elapsed += 999;
  expect(b.call('PutRecord', { StreamName: 's', ...sized(MIB) })).toMatchObject(exception);
  b.clock.elapsed += 1;
  b.ok('PutRecord', { StreamName: 's', ...sized(MIB) });
});

test('stores what was taken, as it was sent, and nothing of what was refused', async () => {
  const b = await limited(2);
  const key = fc.constantFrom('Rocinante', 'Bucephalus', 'Šarac', '🦄');
  const records = fc.array(fc.record({ key, bytes: fc.integer({ min: 10_000, max: 60_000 }) }), {
    minLength: 1,
    maxLength: 30,
  });
  const stored: string[][] = [[], []];
  let sent = 0;
  fc.assert(
    fc.property(records, fc.nat(20), (batch, later) => {
      b.clock.elapsed += later;
      const data = batch.map(({ key: PartitionKey, bytes }) => ({
        PartitionKey,
        Data: base64(`${sent++} ${'x'.repeat(bytes)}`),
      }));
      const answer = put(b, ...data);
      let failed = 0;
      for (const [i, record] of answer.Records.entries()) {
        if (record.ErrorCode !== undefined) failed += 1;
        else stored[Number(record.ShardId.at(-1))]!.push(data[i]!.Data);
      }
      expect(answer.FailedRecordCount).toBe(failed);
    }),
    { numRuns: 60 },
  );
  const shards = b.kinesis.stream('s')!.shards;
  expect(shards.map((shard) => shard.read(0, 1e6, 1e9).map(({ data }) => data.toString('base64')))).toEqual(
    stored,
  );
  const [first, second] = stored as [string[], string[]];
  expect(first.length + second.length).toBeLessThan(sent);
});

test('answers as a success even if every record is refused', async () => {
  const b = await limited();
  put(b, sized(MIB));
  expect(put(b, small, small)).toEqual({ FailedRecordCount: 2, Records: [refusal(), refusal()] });
});

test('limits each shard by itself, also the children of one', async () => {
  const b = await limited(2);
  for (let i = 0; i < 2; i++) put(b, ...Array(500).fill(left));
  expect(put(b, left, right, left)).toEqual({
    FailedRecordCount: 2,
    Records: [refusal(), taken('shardId-000000000001'), refusal()],
  });
  b.ok('SplitShard', { StreamName: 's', ShardToSplit: FIRST, NewStartingHashKey: '9' });
  expect(put(b, left).Records).toEqual([taken('shardId-000000000002')]);
});

test('counts nothing of a request that is refused as a whole', async () => {
  const b = await limited();
  const oversized = { PartitionKey: 'kk', Data: Buffer.alloc(MIB - 1).toString('base64') };
  expect(b.call('PutRecords', { StreamName: 's', Records: [sized(MIB), oversized] }).status).toBe(400);
  expect(b.call('PutRecord', { StreamName: 's', ...oversized }).status).toBe(400);
  expect(put(b, sized(MIB)).FailedRecordCount).toBe(0);
});

test('answers five reads a second of a shard, whoever reads', async () => {
  const b = await limited();
  for (let i = 0; i < 5; i++) expect(read(b).status).toBe(200);
  expect(read(b)).toMatchObject(exception);
  b.clock.elapsed += 199;
  expect(read(b)).toMatchObject(exception);
  b.clock.elapsed += 1;
  expect(read(b).status).toBe(200);
  expect(read(b)).toMatchObject(exception);
});

test('rests five seconds after an answer of 10 MiB', async () => {
  const b = await limited();
  for (let i = 0; i < 11; i++) {
    put(b, sized(MIB));
    b.clock.elapsed += 1000;
  }
  const whole = read(b);
  expect(whole.body.Records).toHaveLength(10);
  b.clock.elapsed += 4_999;
  expect(b.call('GetRecords', { ShardIterator: whole.body.NextShardIterator })).toMatchObject(exception);
  b.clock.elapsed += 1;
  expect(b.ok('GetRecords', { ShardIterator: whole.body.NextShardIterator }).Records).toHaveLength(1);
});

test('gives 2 MiB a second in several answers, and rests when it was more', async () => {
  const b = await limited();
  for (let i = 0; i < 4; i++) {
    put(b, sized(MIB));
    b.clock.elapsed += 1000;
  }
  const ask = (ShardIterator: string) => b.call('GetRecords', { ShardIterator, Limit: 1 });
  let iterator = b.ok('GetShardIterator', {
    StreamName: 's',
    ShardId: FIRST,
    ShardIteratorType: 'TRIM_HORIZON',
  }).ShardIterator;
  for (let i = 0; i < 3; i++) {
    const { status, body } = ask(iterator);
    expect([i, status]).toEqual([i, 200]);
    iterator = body.NextShardIterator;
  }
  b.clock.elapsed += 1_499;
  expect(ask(iterator)).toMatchObject(exception);
  b.clock.elapsed += 1;
  expect(ask(iterator).status).toBe(200);
});

test('looks at the iterator first', async () => {
  const b = await limited();
  for (let i = 0; i < 5; i++) read(b);
  expect(b.call('GetRecords', { ShardIterator: 'x' }).body.__type).toBe('InvalidArgumentException');
});

test('is switched on and off while it runs', async () => {
  const b = await limited();
  expect(b.kinesis.enforcesLimits).toBe(true);
  put(b, sized(MIB));
  b.kinesis.enforceLimits(true);
  expect(put(b, small).FailedRecordCount).toBe(1);
  b.kinesis.enforceLimits(false);
  expect(b.kinesis.enforcesLimits).toBe(false);
  for (let i = 0; i < 10; i++) expect(put(b, sized(MIB), small).FailedRecordCount).toBe(0);
  for (let i = 0; i < 10; i++) expect(read(b).status).toBe(200);
  b.kinesis.enforceLimits(true);
  expect(put(b, sized(MIB), small).FailedRecordCount).toBe(1);
});

test('is off unless switched on', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  expect(b.kinesis.enforcesLimits).toBe(false);
  for (let i = 0; i < 3; i++) expect(put(b, ...Array(500).fill(small)).FailedRecordCount).toBe(0);
  for (let i = 0; i < 6; i++) expect(texts(read(b).body.Records)).toHaveLength(1500);
});
