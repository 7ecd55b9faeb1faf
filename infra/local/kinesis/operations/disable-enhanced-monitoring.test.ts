import { expect, test } from 'vitest';
import { bench } from '../fixture.ts';

test('takes metrics away, says what was on and what is', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  const disable = (...ShardLevelMetrics: string[]) =>
    b.ok('DisableEnhancedMonitoring', { StreamName: 's', ShardLevelMetrics });
  expect(disable('ALL')).toMatchObject({ CurrentShardLevelMetrics: [], DesiredShardLevelMetrics: [] });
  b.ok('EnableEnhancedMonitoring', { StreamName: 's', ShardLevelMetrics: ['ALL'] });
  const after = disable('IncomingBytes', 'IteratorAgeMilliseconds');
  expect(after.CurrentShardLevelMetrics).toHaveLength(7);
  expect(after.DesiredShardLevelMetrics).toEqual([
    'IncomingRecords',
    'OutgoingBytes',
    'OutgoingRecords',
    'WriteProvisionedThroughputExceeded',
    'ReadProvisionedThroughputExceeded',
  ]);
  disable('ALL');
  await b.reopen();
  expect(b.ok('DescribeStream', { StreamName: 's' }).StreamDescription.EnhancedMonitoring).toEqual([
    { ShardLevelMetrics: [] },
  ]);
});

test('refuses what it does not know', async () => {
  const b = await bench();
  const call = (more: object) =>
    b.call('DisableEnhancedMonitoring', { StreamName: 's', ShardLevelMetrics: ['ALL'], ...more }).body.__type;
  expect(call({})).toBe('ResourceNotFoundException');
  expect(call({ ShardLevelMetrics: ['all'] })).toBe('ValidationException');
});
