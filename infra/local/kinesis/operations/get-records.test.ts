import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bench, base64, bench, START, texts } from '../fixture.ts';
import type { KinesisOptions } from '../service.ts';

async function stream(options: Partial<KinesisOptions> = {}): Promise<Bench> {
  const b = await bench(options);
  b.ok('CreateStream', { StreamName: 's' });
  return b;
}

function put(b: Bench, ...data: readonly string[]): void {
  const Records = data.map((text) => ({ PartitionKey: 'k', Data: base64(text) }));
  b.ok('PutRecords', { StreamName: 's', Records });
}

function iterator(b: Bench, ShardIteratorType = 'TRIM_HORIZON'): string {
  const ask = { StreamName: 's', ShardId: 'shardId-000000000000', ShardIteratorType };
  return b.ok('GetShardIterator', ask).ShardIterator;
}

test('gives records with their arrival, and where to go on', async () => {
  const b = await stream();
  const { SequenceNumber } = b.ok('PutRecord', {
    StreamName: 's',
    PartitionKey: 'Shadowfax',
    Data: base64('neigh'),
  });
  b.clock.time += 7;
  expect(b.ok('GetRecords', { ShardIterator: iterator(b) })).toEqual({
    NextShardIterator: expect.any(String),
    MillisBehindLatest: 0,
    Records: [
      {
        SequenceNumber,
        ApproximateArrivalTimestamp: START / 1000,
        Data: base64('neigh'),
        PartitionKey: 'Shadowfax',
      },
    ],
  });
});

test('reads any keys and data back, from memory and from disk', async () => {
  const b = await stream();
  const key = fc.oneof(
    fc.string({ minLength: 1, unit: 'binary' }),
    fc.constantFrom('"', '\\', '\u0000', '\u007f', '🦄', 'é', ' '),
  );
  const record = fc.record({
    key: key.filter((k) => k.length <= 256),
    data: fc.uint8Array({ maxLength: 50 }),
  });
  let from = iterator(b);
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 10 }),
      fc.boolean(),
      async (records, reopen) => {
        const Records = records.map(({ key: PartitionKey, data }) => ({
          PartitionKey,
          Data: Buffer.from(data).toString('base64'),
        }));
        const { Records: answers } = b.ok('PutRecords', { StreamName: 's', Records });
        if (reopen) {
          await b.reopen();
          const ask = {
            StreamName: 's',
            ShardId: 'shardId-000000000000',
            ShardIteratorType: 'AT_SEQUENCE_NUMBER',
          };
          from = b.ok('GetShardIterator', {
            ...ask,
            StartingSequenceNumber: answers[0].SequenceNumber,
          }).ShardIterator;
        }
        const answer = b.ok('GetRecords', { ShardIterator: from });
        from = answer.NextShardIterator;
        expect(answer.Records.map(({ PartitionKey, Data }: never) => ({ PartitionKey, Data }))).toEqual(
          Records.map(({ PartitionKey, Data }) => ({
            PartitionKey: Buffer.from(PartitionKey).toString(),
            Data,
          })),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test('gives Limit records, and says how far behind the tip that is', async () => {
  const b = await stream();
  put(b, 'a', 'b');
  b.clock.time += 2500;
  put(b, 'c');
  b.clock.time += 100;
  const first = b.ok('GetRecords', { ShardIterator: iterator(b), Limit: 1 });
  expect(first.MillisBehindLatest).toBe(2600);
  const second = b.ok('GetRecords', { ShardIterator: first.NextShardIterator, Limit: 1 });
  expect([...texts(first.Records), ...texts(second.Records)]).toEqual(['a', 'b']);
  expect(second.MillisBehindLatest).toBe(2600);
  const last = b.ok('GetRecords', { ShardIterator: second.NextShardIterator, Limit: 1 });
  expect(texts(last.Records)).toEqual(['c']);
  expect(last.MillisBehindLatest).toBe(0);
  expect(b.ok('GetRecords', { ShardIterator: last.NextShardIterator })).toMatchObject({
    Records: [],
    MillisBehindLatest: 0,
  });
});

test('is never at the tip with records left, even in the millisecond in which they came', async () => {
  const b = await stream();
  put(b, 'a', 'b');
  expect(b.ok('GetRecords', { ShardIterator: iterator(b), Limit: 1 }).MillisBehindLatest).toBe(1);
});

test('gives 10,000 records at most', async () => {
  const b = await stream();
  for (let i = 0; i < 21; i++) put(b, ...Array(500).fill('x'));
  const { Records, MillisBehindLatest } = b.ok('GetRecords', { ShardIterator: iterator(b) });
  expect(Records).toHaveLength(10_000);
  expect(MillisBehindLatest).toBeGreaterThan(0);
});

test('gives 10 MiB at most', async () => {
  const b = await stream();
  const mebibyte = 'x'.repeat(1_048_575); // and a key of one byte
  for (let i = 0; i < 11; i++) put(b, mebibyte);
  const first = b.ok('GetRecords', { ShardIterator: iterator(b) });
  expect(first.Records).toHaveLength(10);
  expect(b.ok('GetRecords', { ShardIterator: first.NextShardIterator }).Records).toHaveLength(1);
});

test('refuses an iterator after five minutes of the monotonic clock', async () => {
  const b = await stream();
  const ShardIterator = iterator(b);
  b.clock.time -= 3_600_000;
  b.clock.elapsed += 300_000;
  b.ok('GetRecords', { ShardIterator });
  b.clock.elapsed += 1;
  b.clock.time = START + 301_000;
  expect(b.call('GetRecords', { ShardIterator })).toMatchObject({
    status: 400,
    body: {
      __type: 'ExpiredIteratorException',
      message:
        'Iterator expired. The iterator was created at time Fri May 01 12:00:00 UTC 2026 while right now it is ' +
        'Fri May 01 12:05:01 UTC 2026 which is further in the future than the tolerated delay of 300000 milliseconds.',
    },
  });
});

test('refuses an iterator of an earlier process as expired, and one that was tampered with', async () => {
  const b = await stream();
  const ShardIterator = iterator(b);
  expect(b.call('GetRecords', { ShardIterator: `A${ShardIterator.slice(1)}` }).body).toEqual({
    __type: 'InvalidArgumentException',
    message: 'Invalid ShardIterator.',
  });
  await b.reopen();
  expect(b.call('GetRecords', { ShardIterator }).body.__type).toBe('ExpiredIteratorException');
});

test('takes the ARN of the iterator’s stream only', async () => {
  const b = await stream();
  const ask = (name: string) => ({
    ShardIterator: iterator(b),
    StreamARN: `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`,
  });
  b.ok('GetRecords', ask('s'));
  expect(b.call('GetRecords', ask('t')).body.__type).toBe('InvalidArgumentException');
});

test('keeps iterators within the length that clients allow for', async () => {
  const b = await bench();
  const StreamName = 'x'.repeat(128);
  b.ok('CreateStream', { StreamName });
  const ask = { StreamName, ShardId: 'shardId-000000000000', ShardIteratorType: 'LATEST' };
  expect(b.ok('GetShardIterator', ask).ShardIterator.length).toBeLessThanOrEqual(512);
});

test.each([
  [
    {},
    "1 validation error detected: Value null at 'shardIterator' failed to satisfy constraint: Member must not be null",
  ],
  [
    { ShardIterator: '', Limit: 0 },
    "2 validation errors detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1; " +
      "Value '' at 'shardIterator' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [
    { ShardIterator: 'a', Limit: 10_001 },
    "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
  ],
])('refuses %j', async (body, message) => {
  const b = await stream();
  expect(b.call('GetRecords', body)).toMatchObject({
    status: 400,
    body: { __type: 'ValidationException', message },
  });
});

test('fails at a damaged record instead of passing it over', async () => {
  const b = await stream({ segmentBytes: 1, tailBytes: 0 });
  for (const text of ['a', 'b', 'c']) put(b, text);
  const folder = join(b.folder, 's', 'shardId-000000000000');
  const second = join(folder, readdirSync(folder).sort()[1]!);
  const bytes = readFileSync(second);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(second, bytes);
  const first = b.ok('GetRecords', { ShardIterator: iterator(b), Limit: 1 });
  expect(texts(first.Records)).toEqual(['a']);
  const failure = b.call('GetRecords', { ShardIterator: first.NextShardIterator });
  expect(failure.status).toBe(500);
  expect(failure.body).toEqual({
    __type: 'InternalFailure',
    message: `${second} is damaged at byte 0: the checksum of the record differs`,
  });
  expect(b.logged.join()).toMatch('is damaged at byte 0');
});
