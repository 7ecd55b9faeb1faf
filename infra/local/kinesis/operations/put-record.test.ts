import { expect, test } from 'vitest';
import { type Bench, base64, bench } from '../fixture.ts';

async function stream(ShardCount = 1): Promise<Bench> {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', ShardCount });
  return b;
}

const record = { StreamName: 's', PartitionKey: 'k', Data: base64('data') };

test('appends a record and tells where', async () => {
  const b = await stream();
  const first = b.ok('PutRecord', record);
  expect(first).toEqual({
    ShardId: 'shardId-000000000000',
    SequenceNumber: expect.stringMatching(/^49\d{54}$/),
  });
  const second = b.ok('PutRecord', { ...record, Data: '' });
  expect(BigInt(second.SequenceNumber)).toBeGreaterThan(BigInt(first.SequenceNumber));
  const [shard] = b.kinesis.stream('s')!.shards;
  expect(shard!.read(0, 10, 1e6).map(({ data }) => data.toString())).toEqual(['data', '']);
});

test('puts a key where its hash belongs, and an explicit hash key where it says', async () => {
  const b = await stream(3);
  const shardOf = (more: object) => b.ok('PutRecord', { ...record, ...more }).ShardId.at(-1);
  // MD5('a') = 0cc1..., MD5('b') = 92eb..., MD5('hello') = 5d41...; thirds end at 5555... and aaaa...
  expect(['a', 'hello', 'b'].map((PartitionKey) => shardOf({ PartitionKey }))).toEqual(['0', '1', '1']);
  expect(shardOf({ ExplicitHashKey: '0' })).toBe('0');
  expect(shardOf({ ExplicitHashKey: '113427455640312821154458202477256070484' })).toBe('0');
  expect(shardOf({ ExplicitHashKey: '113427455640312821154458202477256070485' })).toBe('1');
  expect(shardOf({ ExplicitHashKey: '340282366920938463463374607431768211455' })).toBe('2');
});

test('gives a number larger than the one to follow, or refuses', async () => {
  const b = await stream();
  const first = b.ok('PutRecord', record);
  b.ok('PutRecord', { ...record, SequenceNumberForOrdering: first.SequenceNumber });
  b.ok('PutRecord', { ...record, SequenceNumberForOrdering: '0' });
  const later = `5${'0'.repeat(55)}`;
  expect(b.call('PutRecord', { ...record, SequenceNumberForOrdering: later }).body).toEqual({
    __type: 'InvalidArgumentException',
    message: `ExclusiveMinimumSequenceNumber ${later} used in PutRecord on stream s under account 000000000000 is invalid.`,
  });
});

test('takes records up to 1 MiB, key included', async () => {
  const b = await stream();
  const data = (bytes: number) => Buffer.alloc(bytes).toString('base64');
  b.ok('PutRecord', { ...record, PartitionKey: 'é', Data: data(1_048_574) });
  expect(b.call('PutRecord', { ...record, PartitionKey: 'é', Data: data(1_048_575) }).body).toEqual({
    __type: 'InvalidArgumentException',
    message: 'Data and PartitionKey of a record must have at most 1048576 bytes together (given 1048577).',
  });
  expect(b.call('PutRecord', { ...record, Data: data(1_048_577) }).body).toEqual({
    __type: 'ValidationException',
    message:
      "1 validation error detected: Value at 'data' failed to satisfy constraint: Member must have length less than or equal to 1048576",
  });
  expect(b.kinesis.stream('s')!.shards[0]!.next).toBe(1);
});

test('takes keys of 1 to 256 characters', async () => {
  const b = await stream();
  b.ok('PutRecord', { ...record, PartitionKey: '🦄'.repeat(256) });
  expect(b.call('PutRecord', { ...record, PartitionKey: '🦄'.repeat(257) }).body.message).toMatch(
    "at 'partitionKey' failed to satisfy constraint: Member must have length less than or equal to 256",
  );
  expect(b.call('PutRecord', { ...record, PartitionKey: '' }).body.message).toBe(
    "1 validation error detected: Value '' at 'partitionKey' failed to satisfy constraint: Member must have length greater than or equal to 1",
  );
});

test.each([
  [
    { StreamName: 's' },
    /^2 validation errors detected: Value null at 'partitionKey' .*; Value null at 'data' /,
  ],
  [{ ...record, ExplicitHashKey: '' }, /at 'explicitHashKey' .* pattern: 0\|\(\[1-9\]\\d\{0,38\}\)$/],
  [
    { ...record, ExplicitHashKey: '340282366920938463463374607431768211456' },
    /in the range: \[0, 2\^128-1\]. Specified value was 3/,
  ],
  [{ ...record, Data: 'x' }, /can not be converted to a Blob/],
  [{ ...record, StreamName: 'none' }, /^Stream none under account 000000000000 not found.$/],
])('refuses %j', async (body, message) => {
  const b = await stream();
  const reply = b.call('PutRecord', body);
  expect(reply.status).toBe(400);
  expect(reply.body.message).toMatch(message);
});
