import { expect, test } from 'vitest';
import { type Bench, bench } from '../fixture.ts';

const ALL = [
  'IncomingBytes',
  'IncomingRecords',
  'OutgoingBytes',
  'OutgoingRecords',
  'WriteProvisionedThroughputExceeded',
  'ReadProvisionedThroughputExceeded',
  'IteratorAgeMilliseconds',
];

async function stream(): Promise<Bench> {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  return b;
}

const enable = (b: Bench, ...ShardLevelMetrics: unknown[]) =>
  b.call('EnableEnhancedMonitoring', { StreamName: 's', ShardLevelMetrics });

test('adds metrics, says what was on and what is, and is shown', async () => {
  const b = await stream();
  expect(enable(b, 'OutgoingRecords', 'IncomingBytes', 'IncomingBytes').body).toEqual({
    StreamName: 's',
    StreamARN: 'arn:aws:kinesis:eu-west-1:000000000000:stream/s',
    CurrentShardLevelMetrics: [],
    DesiredShardLevelMetrics: ['IncomingBytes', 'OutgoingRecords'],
  });
  expect(enable(b, 'ALL').body).toMatchObject({
    CurrentShardLevelMetrics: ['IncomingBytes', 'OutgoingRecords'],
    DesiredShardLevelMetrics: ALL,
  });
  await b.reopen();
  const shown = { EnhancedMonitoring: [{ ShardLevelMetrics: ALL }] };
  expect(b.ok('DescribeStream', { StreamName: 's' }).StreamDescription).toMatchObject(shown);
  expect(b.ok('DescribeStreamSummary', { StreamName: 's' }).StreamDescriptionSummary).toMatchObject(shown);
});

test.each([
  [[], /at 'shardLevelMetrics' .* length greater than or equal to 1$/],
  [[...ALL, 'ALL'], /at 'shardLevelMetrics' .* length less than or equal to 7$/],
  [['Nonsense'], /Value 'Nonsense' at 'shardLevelMetrics\.1\.member' .* enum value set: \[IncomingBytes, /],
  [[null], /Value null at 'shardLevelMetrics\.1\.member'/],
])('refuses %j', async (metrics, message) => {
  const b = await stream();
  expect(enable(b, ...metrics).body).toEqual({
    __type: 'ValidationException',
    message: expect.stringMatching(message),
  });
});
