import { expect, test } from 'vitest';
import { base64, bench } from '../fixture.ts';

test('deletes a stream at once, with its records', async () => {
  const b = await bench();
  const named = { StreamName: 's' };
  b.ok('CreateStream', named);
  b.ok('PutRecord', { ...named, PartitionKey: 'k', Data: base64('x') });
  const trimHorizon = { ...named, ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' };
  const { ShardIterator } = b.ok('GetShardIterator', trimHorizon);
  expect(b.call('DeleteStream', { ...named, EnforceConsumerDeletion: true })).toMatchObject({
    status: 200,
    body: undefined,
  });
  expect(b.ok('ListStreams', {}).StreamNames).toEqual([]);
  expect(b.call('GetRecords', { ShardIterator }).body).toEqual({
    __type: 'ResourceNotFoundException',
    message: 'Shard shardId-000000000000 in stream s under account 000000000000 does not exist',
  });
  b.ok('CreateStream', named);
  expect(b.call('GetRecords', { ShardIterator }).body.__type).toBe('ResourceNotFoundException');
  expect(b.ok('GetRecords', b.ok('GetShardIterator', trimHorizon)).Records).toEqual([]);
});

test('knows no other stream', async () => {
  const b = await bench();
  expect(b.call('DeleteStream', { StreamName: 's' })).toMatchObject({
    status: 400,
    body: { __type: 'ResourceNotFoundException', message: 'Stream s under account 000000000000 not found.' },
  });
});
