import { expect, test } from 'vitest';
import { type Bench, base64, bench, START, texts } from '../fixture.ts';

const HOUR = 3_600_000;

/** A stream with records a, b, c, one second apart, from START on. */
async function stream(): Promise<{ b: Bench; numbers: string[] }> {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', ShardCount: 1 });
  const numbers = ['a', 'b', 'c'].map((text) => {
    const { SequenceNumber } = b.ok('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: base64(text) });
    b.clock.time += 1000;
    return SequenceNumber;
  });
  return { b, numbers };
}

const ask = (ShardIteratorType: string, more: object = {}) => ({
  StreamName: 's',
  ShardId: 'shardId-000000000000',
  ShardIteratorType,
  ...more,
});

function read(b: Bench, ShardIteratorType: string, more: object = {}): string {
  return texts(b.ok('GetRecords', b.ok('GetShardIterator', ask(ShardIteratorType, more))).Records).join('');
}

test('points to every kind of place', async () => {
  const { b, numbers } = await stream();
  const [a, bee, c] = numbers as [string, string, string];
  expect(read(b, 'TRIM_HORIZON')).toBe('abc');
  expect(read(b, 'AT_SEQUENCE_NUMBER', { StartingSequenceNumber: bee })).toBe('bc');
  expect(read(b, 'AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber: a })).toBe('bc');
  expect(read(b, 'AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber: c })).toBe('');
  expect(read(b, 'LATEST')).toBe('');
  expect(read(b, 'AT_TIMESTAMP', { Timestamp: 0 })).toBe('abc');
  expect(read(b, 'AT_TIMESTAMP', { Timestamp: (START + 1000) / 1000 })).toBe('bc');
  expect(read(b, 'AT_TIMESTAMP', { Timestamp: (START + 1001) / 1000 })).toBe('c');
  expect(read(b, 'AT_TIMESTAMP', { Timestamp: (START + 3000) / 1000 })).toBe('');
});

test('LATEST means what comes after the iterator was made', async () => {
  const { b } = await stream();
  const iterator = b.ok('GetShardIterator', ask('LATEST'));
  b.ok('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: base64('d') });
  expect(texts(b.ok('GetRecords', iterator).Records)).toEqual(['d']);
});

test('takes the shard’s starting number, before which nothing is', async () => {
  const { b } = await stream();
  const { Shards } = b.ok('ListShards', { StreamName: 's' });
  const start = { StartingSequenceNumber: Shards[0].SequenceNumberRange.StartingSequenceNumber };
  expect(read(b, 'AT_SEQUENCE_NUMBER', start)).toBe('abc');
  expect(read(b, 'AFTER_SEQUENCE_NUMBER', start)).toBe('abc');
});

test('starts at the oldest retained record when the one asked for has expired', async () => {
  const { b, numbers } = await stream();
  b.clock.time = START + 24 * HOUR + 500;
  expect(read(b, 'TRIM_HORIZON')).toBe('bc');
  expect(read(b, 'AT_SEQUENCE_NUMBER', { StartingSequenceNumber: numbers[0] })).toBe('bc');
  expect(read(b, 'AT_TIMESTAMP', { Timestamp: 1 })).toBe('bc');
});

test('works by ARN, and with short shard ids', async () => {
  const { b } = await stream();
  for (const more of [
    { StreamName: undefined, StreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/s' },
    { ShardId: 'shardId-0' },
    { ShardId: '0' },
  ]) {
    expect(read(b, 'TRIM_HORIZON', more)).toBe('abc');
  }
});

const other = `${'49'}${START + 9}${'0'.repeat(12)}${'0'.repeat(14)}${'1'.padStart(15, '0')}`;
const ofShard3 = `${'49'}${START}${'3'.padStart(12, '0')}${'0'.repeat(14)}${'1'.padStart(15, '0')}`;
const notYet = `${'49'}${START}${'0'.repeat(12)}${'0'.repeat(14)}${'4'.padStart(15, '0')}`;
const MUST =
  'Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or ' +
  '(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified ';
const FOREIGN =
  'used in GetShardIterator on shard shardId-000000000000 in stream s under account 000000000000 is invalid because it did not come from this stream.';

test.each([
  [
    ask('AT_SEQUENCE_NUMBER'),
    'InvalidArgumentException',
    `${MUST}AT_SEQUENCE_NUMBER and no StartingSequenceNumber.`,
  ],
  [
    ask('LATEST', { StartingSequenceNumber: '5' }),
    'InvalidArgumentException',
    `${MUST}LATEST and also a StartingSequenceNumber.`,
  ],
  [
    ask('AT_SEQUENCE_NUMBER', { StartingSequenceNumber: '5' }),
    'InvalidArgumentException',
    `StartingSequenceNumber 5 ${FOREIGN}`,
  ],
  [
    ask('AT_SEQUENCE_NUMBER', { StartingSequenceNumber: other }),
    'InvalidArgumentException',
    `StartingSequenceNumber ${other} ${FOREIGN}`,
  ],
  [
    ask('AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber: notYet }),
    'InvalidArgumentException',
    `StartingSequenceNumber ${notYet} ${FOREIGN}`,
  ],
  [
    ask('AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber: ofShard3 }),
    'InvalidArgumentException',
    'Invalid StartingSequenceNumber. It encodes shardId-000000000003, while it was used in a call to a shard with shardId-000000000000',
  ],
  [
    ask('AT_TIMESTAMP'),
    'InvalidArgumentException',
    'Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.',
  ],
  [
    ask('AT_TIMESTAMP', { Timestamp: (START + 3001) / 1000 }),
    'InvalidArgumentException',
    `The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: ${START + 3001}, currentTimestampInMillis: ${START + 3000}`,
  ],
  [
    ask('LATEST', { ShardId: 'shardId-5' }),
    'ResourceNotFoundException',
    'Shard shardId-000000000005 in stream s under account 000000000000 does not exist',
  ],
  [
    ask('LATEST', { ShardId: 'ABKLFD8' }),
    'ResourceNotFoundException',
    'Could not find shard ABKLFD8 in stream s under account 000000000000.',
  ],
  [
    ask('LATEST', { ShardId: '2147483648' }),
    'ResourceNotFoundException',
    'Could not find shard 2147483648 in stream s under account 000000000000.',
  ],
  [
    ask('LATEST', { StreamName: 'none' }),
    'ResourceNotFoundException',
    'Shard shardId-000000000000 in stream none under account 000000000000 does not exist',
  ],
  [
    { StreamName: 's' },
    'ValidationException',
    "2 validation errors detected: Value null at 'shardId' failed to satisfy constraint: Member must not be null; Value null at 'shardIteratorType' failed to satisfy constraint: Member must not be null",
  ],
  [
    ask('NOW'),
    'ValidationException',
    "1 validation error detected: Value 'NOW' at 'shardIteratorType' failed to satisfy constraint: Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]",
  ],
  [
    ask('AT_SEQUENCE_NUMBER', { StartingSequenceNumber: '' }),
    'ValidationException',
    "1 validation error detected: Value '' at 'startingSequenceNumber' failed to satisfy constraint: Member must satisfy regular expression pattern: 0|([1-9]\\d{0,128})",
  ],
])('refuses %j', async (body, type, message) => {
  const { b } = await stream();
  expect(b.call('GetShardIterator', body)).toMatchObject({ status: 400, body: { __type: type, message } });
});
