import { expect, test } from 'vitest';
import { type Bench, bench } from '../fixture.ts';

const MIB = 1024 * 1024;
const StreamARN = 'arn:aws:kinesis:eu-west-1:000000000000:stream/s';

async function stream(): Promise<Bench> {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  return b;
}

const resize = (b: Bench, MaxRecordSizeInKiB: unknown, more: object = {}) =>
  b.call('UpdateMaxRecordSize', { StreamARN, MaxRecordSizeInKiB, ...more });
/** Key of one byte. */
const record = (bytes: number) => ({
  PartitionKey: 'k',
  Data: Buffer.alloc(bytes - 1, 'x').toString('base64'),
});
const put = (b: Bench, bytes: number) => b.call('PutRecord', { StreamName: 's', ...record(bytes) });

test('has the stream take larger records, and give them back', async () => {
  const b = await stream();
  expect(put(b, 2 * MIB).status).toBe(400);
  expect(resize(b, 10_240)).toMatchObject({ status: 200, body: undefined });
  expect(put(b, 10 * MIB).status).toBe(200);
  await b.reopen();
  const answer = b.ok('PutRecords', { StreamName: 's', Records: [record(4 * MIB), record(6 * MIB)] });
  expect(answer.FailedRecordCount).toBe(0);
  let from = b.ok('GetShardIterator', {
    StreamName: 's',
    ShardId: 'shardId-000000000000',
    ShardIteratorType: 'TRIM_HORIZON',
  }).ShardIterator;
  const sizes: number[] = [];
  for (let i = 0; i < 3; i++) {
    const { Records, NextShardIterator } = b.ok('GetRecords', { ShardIterator: from });
    sizes.push(...Records.map(({ Data }: { Data: string }) => Buffer.byteLength(Data, 'base64') + 1));
    from = NextShardIterator;
  }
  expect(sizes).toEqual([10 * MIB, 4 * MIB, 6 * MIB]);
});

test('counts the key, and names the limit of the stream', async () => {
  const b = await stream();
  resize(b, 2048);
  expect(put(b, 2 * MIB).status).toBe(200);
  expect(put(b, 2 * MIB + 1).body).toEqual({
    __type: 'InvalidArgumentException',
    message: 'Data and PartitionKey of a record must have at most 2097152 bytes together (given 2097153).',
  });
  const tooMuch = record(2 * MIB + 2);
  expect(b.call('PutRecord', { StreamName: 's', ...tooMuch }).body).toEqual({
    __type: 'ValidationException',
    message:
      "1 validation error detected: Value at 'data' failed to satisfy constraint: Member must have length less than or equal to 2097152",
  });
  expect(b.call('PutRecords', { StreamName: 's', Records: [record(10), tooMuch] }).body.message).toBe(
    "1 validation error detected: Value at 'records.2.member.data' failed to satisfy constraint: Member must have length less than or equal to 2097152",
  );
  expect(put(b, 10 * MIB + 2).body.message).toMatch(/less than or equal to 10485760$/);
});

test('keeps what is there when it is made smaller again', async () => {
  const b = await stream();
  resize(b, 2048);
  put(b, 2 * MIB);
  resize(b, 1024);
  expect(put(b, 2 * MIB).status).toBe(400);
  expect(b.kinesis.stream('s')!.shards[0]!.read(0, 10, 1)).toHaveLength(1);
  expect(b.ok('DescribeStreamSummary', { StreamName: 's' }).StreamDescriptionSummary).toMatchObject({
    MaxRecordSizeInKiB: 1024,
  });
});

test('while limits are enforced, has a rested shard take a large record, and rest', async () => {
  const b = await stream();
  resize(b, 10_240);
  b.kinesis.enforceLimits(true);
  expect(put(b, 4 * MIB).status).toBe(200);
  expect(put(b, 2).body.__type).toBe('ProvisionedThroughputExceededException');
  b.clock.elapsed += 3_001;
  expect(put(b, 2).status).toBe(200);
  expect(put(b, 2 * MIB).status).toBe(400);
  b.clock.elapsed += 1_000;
  expect(put(b, 2 * MIB).status).toBe(200);
});

test.each([
  [1023, {}, 'ValidationException', /at 'maxRecordSizeInKiB' .* greater than or equal to 1024$/],
  [10_241, {}, 'ValidationException', /at 'maxRecordSizeInKiB' .* less than or equal to 10240$/],
  [null, {}, 'ValidationException', /Value null at 'maxRecordSizeInKiB'/],
  [2048, { StreamARN: null }, 'InvalidArgumentException', /^Missing /],
  [2048, { StreamARN: `${StreamARN}2` }, 'ResourceNotFoundException', /^Stream s2 under account/],
])('refuses %j of %j', async (size, more, type, message) => {
  const b = await stream();
  expect(resize(b, size, more).body).toEqual({ __type: type, message: expect.stringMatching(message) });
});
