import { expect, test } from 'vitest';
import { base64, bench } from '../kinesis/fixture.ts';
import type { FaultRequest } from './fault.ts';
import { createFaults } from './faults.ts';
import { shardFaults } from './shards.ts';

/** Two shards; the keys 0 to 9 go to either. */
async function twoShards(random = () => 0) {
  const { kinesis, ok, call } = await bench();
  let update = () => {};
  const faults = createFaults(random, () => update());
  update = () => kinesis.setGate(shardFaults(faults));
  ok('CreateStream', { StreamName: 's', ShardCount: 2 });
  const put = (StreamName = 's') =>
    ok('PutRecords', {
      StreamName,
      Records: Array.from({ length: 10 }, (_, n) => ({ PartitionKey: String(n), Data: base64('x') })),
    });
  const read = (ShardId: string) => {
    const { ShardIterator } = ok('GetShardIterator', {
      StreamName: 's',
      ShardId,
      ShardIteratorType: 'TRIM_HORIZON',
    });
    return call('GetRecords', { ShardIterator });
  };
  const add = (fault: FaultRequest) => faults.add(fault);
  return { faults, add, put, read, ok, call };
}

const [FIRST, SECOND] = ['shardId-000000000000', 'shardId-000000000001'];

test('records fail inside a request, and are not stored; the others are', async () => {
  const { add, put, read } = await twoShards();
  add({ kind: 'fail-records', target: 's', count: 4 });
  const { FailedRecordCount, Records } = put();
  expect(FailedRecordCount).toBe(4);
  expect(Records.slice(0, 4)).toEqual(
    Array(4).fill({ ErrorCode: 'InternalFailure', ErrorMessage: 'Internal service failure.' }),
  );
  expect(Records.slice(4).every(({ SequenceNumber }: { SequenceNumber?: string }) => SequenceNumber)).toBe(
    true,
  );
  const stored = [FIRST, SECOND].flatMap((shard) => read(shard!).body.Records);
  expect(stored.map(({ PartitionKey }) => PartitionKey).sort()).toEqual(['4', '5', '6', '7', '8', '9']);
});

test('a shard is throttled, for records and for reads, and the other is not', async () => {
  const { faults, add, put, read } = await twoShards();
  add({ kind: 'throttle-shard', target: 's', shard: SECOND!, seconds: 60 });
  const { Records } = put();
  const refused = Records.filter(({ ErrorCode }: { ErrorCode?: string }) => ErrorCode !== undefined);
  expect(refused.length).toBeGreaterThan(0);
  for (const { ErrorCode, ErrorMessage } of refused) {
    expect(ErrorCode).toBe('ProvisionedThroughputExceededException');
    expect(ErrorMessage).toContain(SECOND);
  }
  expect(read(SECOND!).body.__type).toBe('ProvisionedThroughputExceededException');
  expect(read(FIRST!).body.Records).toHaveLength(10 - refused.length);
  faults.end();
  expect(put().FailedRecordCount).toBe(0);
  expect(read(SECOND!).status).toBe(200);
});

test('a share of the records fails, in no other stream', async () => {
  let next = 0;
  const { add, put, ok } = await twoShards(() => (next++ % 10) / 10);
  ok('CreateStream', { StreamName: 'other', ShardCount: 1 });
  add({ kind: 'fail-records', target: 's', share: 0.3, seconds: 60 });
  expect(put().FailedRecordCount).toBe(3);
  expect(put('other').FailedRecordCount).toBe(0);
});

test('one record alone fails as a request', async () => {
  const { add, call } = await twoShards();
  add({ kind: 'fail-records', target: 's', count: 1 });
  const put = () => call('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: base64('x') });
  expect(put()).toMatchObject({ status: 500, body: { __type: 'InternalFailure' } });
  expect(put().status).toBe(200);
});

test('behind it the limits of AWS still stand', async () => {
  const { kinesis, ok } = await bench();
  const faults = createFaults(
    () => 0,
    () => kinesis.setGate(shardFaults(faults)),
  );
  kinesis.enforceLimits(true);
  ok('CreateStream', { StreamName: 's', ShardCount: 1 });
  faults.add({ kind: 'fail-records', target: 's', count: 1 });
  let refused = 0;
  for (let i = 0; i < 3; i++) {
    const Records = Array.from({ length: 500 }, () => ({ PartitionKey: 'k', Data: base64('x') }));
    refused += ok('PutRecords', { StreamName: 's', Records }).FailedRecordCount;
  }
  expect(refused).toBe(500);
});
