import { ListTagsForResourceCommand, UntagResourceCommand } from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

describe('UntagResource', () => {
  it('removes tags, and minds none that are not there', async () => {
    const bench = await fixture.openAnalytics();
    const { ApplicationARN: ResourceARN } = await bench.create('app', {
      Tags: [{ Key: 'a', Value: '1' }, { Key: 'constructor' }],
    });
    await bench.client.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['constructor', 'other'] }));
    const { Tags } = await bench.client.send(new ListTagsForResourceCommand({ ResourceARN }));
    expect(Tags).toEqual([{ Key: 'a', Value: '1' }]);
    await expect(
      bench.client.send(new UntagResourceCommand({ ResourceARN, TagKeys: [] })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
