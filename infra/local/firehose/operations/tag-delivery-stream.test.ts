import {
  ListTagsForDeliveryStreamCommand,
  TagDeliveryStreamCommand,
  UntagDeliveryStreamCommand,
} from '@aws-sdk/client-firehose';
import { afterEach, describe, expect, it } from 'vitest';
import { FirehoseFixture } from '../fixture.ts';

const fixture = new FirehoseFixture();
afterEach(() => fixture.closeAll());

const DeliveryStreamName = 'likes';

describe('tags', () => {
  it('are added, replaced, listed in pages and removed', async () => {
    const { client, create } = await fixture.openFirehose();
    await create({}, { Tags: [{ Key: 'stage', Value: 'test' }] });
    const Tags = [{ Key: 'stage', Value: 'prod' }, { Key: '__proto__' }];
    await client.send(new TagDeliveryStreamCommand({ DeliveryStreamName, Tags }));
    const list = async (ExclusiveStartTagKey?: string) =>
      client.send(
        new ListTagsForDeliveryStreamCommand({ DeliveryStreamName, ExclusiveStartTagKey, Limit: 1 }),
      );
    expect(await list()).toMatchObject({ Tags: [{ Key: '__proto__' }], HasMoreTags: true });
    expect(await list('__proto__')).toMatchObject({ Tags: [{ Value: 'prod' }], HasMoreTags: false });
    await client.send(new UntagDeliveryStreamCommand({ DeliveryStreamName, TagKeys: ['stage', 'other'] }));
    expect(await list()).toMatchObject({ Tags: [{ Key: '__proto__' }], HasMoreTags: false });
  });

  it('are fifty at most', async () => {
    const { client, create } = await fixture.openFirehose();
    await create({}, { Tags: [{ Key: 'stage' }] });
    const Tags = Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}` }));
    await expect(
      client.send(new TagDeliveryStreamCommand({ DeliveryStreamName, Tags })),
    ).rejects.toMatchObject({
      name: 'InvalidArgumentException',
    });
  });
});
