import { expect, test } from 'vitest';
import { base64, bench } from './fixture.ts';

test('a request that only asks whether it would succeed does nothing', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's', ShardCount: 1 });
  const record = { PartitionKey: 'k', Data: base64('x') };
  const place = { StreamName: 's', ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' };
  const { ShardIterator } = b.ok('GetShardIterator', place);
  const requests: [string, object][] = [
    ['PutRecord', { StreamName: 's', ...record }],
    ['PutRecords', { StreamName: 's', Records: [record, record] }],
    ['GetRecords', { ShardIterator }],
    ['GetShardIterator', place],
  ];
  for (const [operation, request] of requests) {
    const { status, body } = b.call(operation, { ...request, DryRun: true });
    expect([operation, status, body.__type]).toEqual([operation, 400, 'DryRunOperationException']);
    expect(b.call(operation, { ...request, DryRun: 'yes' }).body.__type).toBe('SerializationException');
  }
  expect(b.ok('GetRecords', { ShardIterator }).Records).toEqual([]);
  b.ok('PutRecords', { StreamName: 's', Records: [record], DryRun: false });
  expect(b.ok('GetRecords', { ShardIterator }).Records).toHaveLength(1);
});
