import { expect, test } from 'vitest';
import { bench } from '../fixture.ts';

test('counts open shards, and streams on demand', async () => {
  const b = await bench();
  const limits = { ShardLimit: 500, OnDemandStreamCountLimit: 50 };
  expect(b.ok('DescribeLimits', {})).toEqual({ ...limits, OpenShardCount: 0, OnDemandStreamCount: 0 });
  b.ok('CreateStream', { StreamName: 's', ShardCount: 2 });
  b.ok('CreateStream', { StreamName: 'd', StreamModeDetails: { StreamMode: 'ON_DEMAND' } });
  b.ok('UpdateShardCount', { StreamName: 's', TargetShardCount: 3, ScalingType: 'UNIFORM_SCALING' });
  expect(b.ok('DescribeLimits', {})).toEqual({ ...limits, OpenShardCount: 7, OnDemandStreamCount: 1 });
});
