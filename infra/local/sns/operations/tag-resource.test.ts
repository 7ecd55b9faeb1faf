import {
  CreateTopicCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { arnOf, SnsFixture } from '../fixture.ts';

const fixture = new SnsFixture();
afterEach(() => fixture.closeAll());

const ResourceArn = arnOf('alerts');

async function open() {
  const { client, endpoint } = await fixture.openSns();
  await client.send(new CreateTopicCommand({ Name: 'alerts', Tags: [{ Key: 'stage', Value: 'test' }] }));
  const tags = async () => (await client.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags;
  return { client, endpoint, tags };
}

describe('tags', () => {
  it('are added, replaced and removed', async () => {
    const { client, tags } = await open();
    const Tags = [
      { Key: 'stage', Value: 'prod' },
      { Key: '__proto__', Value: '<&>' },
    ];
    await client.send(new TagResourceCommand({ ResourceArn, Tags }));
    expect(await tags()).toEqual([Tags[1], Tags[0]]);
    await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['stage', 'other'] }));
    expect(await tags()).toEqual([Tags[1]]);
  });

  it('are answered with a result, which botocore looks for', async () => {
    const { endpoint } = await open();
    const body = new URLSearchParams({ Action: 'TagResource', Version: '2010-03-31', ResourceArn });
    expect(await (await fetch(endpoint, { method: 'POST', body })).text()).toContain('<TagResourceResult>');
  });

  it.each([
    [
      'fifty-one',
      Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}`, Value: '' })),
      'TagLimitExceededException',
    ],
    ['one key twice', [1, 2].map((i) => ({ Key: 'k', Value: `${i}` })), 'InvalidParameterException'],
    ['a long key', [{ Key: 'x'.repeat(129), Value: '' }], 'InvalidParameterException'],
    ['a long value', [{ Key: 'x', Value: 'x'.repeat(257) }], 'InvalidParameterException'],
  ])('refuse %s', async (_what, Tags, name) => {
    const { client, tags } = await open();
    await expect(client.send(new TagResourceCommand({ ResourceArn, Tags }))).rejects.toMatchObject({ name });
    expect(await tags()).toHaveLength(1);
  });

  it('are of topics that exist', async () => {
    const { client } = await fixture.openSns();
    for (const command of [
      new ListTagsForResourceCommand({ ResourceArn }),
      new UntagResourceCommand({ ResourceArn, TagKeys: [] }),
    ]) {
      await expect(client.send(command as ListTagsForResourceCommand)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message: 'Resource does not exist',
      });
    }
  });
});
