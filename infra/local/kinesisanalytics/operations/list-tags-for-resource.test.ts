import { ListTagsForResourceCommand } from '@aws-sdk/client-kinesis-analytics-v2';
import { afterEach, describe, expect, it } from 'vitest';
import { AnalyticsFixture } from '../fixture.ts';

const fixture = new AnalyticsFixture();
afterEach(() => fixture.closeAll());

describe('ListTagsForResource', () => {
  it('finds an application by its ARN, whatever the region in it', async () => {
    const bench = await fixture.openAnalytics();
    const { ApplicationARN } = await bench.create();
    const list = (ResourceARN: string) => bench.client.send(new ListTagsForResourceCommand({ ResourceARN }));
    expect((await list(ApplicationARN!.replace('us-west-2', 'eu-west-1'))).Tags).toEqual([]);
    await expect(list(`${ApplicationARN}/other`)).rejects.toMatchObject({
      name: 'InvalidArgumentException',
    });
  });
});
