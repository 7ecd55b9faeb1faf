import {
  CreateLogGroupCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, describe, expect, it } from 'vitest';
import { LogsFixture } from '../fixture.ts';

const fixture = new LogsFixture();
afterEach(() => fixture.closeAll());

const arnOf = (name: string) => `arn:aws:logs:us-west-2:000000000000:log-group:${name}`;

describe('tags', () => {
  it('are added, replaced and taken away', async () => {
    const { client } = await fixture.openLogs();
    await client.send(new CreateLogGroupCommand({ logGroupName: 'g', tags: { a: '1' } }));
    const resourceArn = arnOf('g');
    await client.send(new TagResourceCommand({ resourceArn, tags: { a: '2', constructor: 'c' } }));
    const tags = async () => (await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
    expect(await tags()).toEqual({ a: '2', constructor: 'c' });
    await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a', 'missing'] }));
    expect(await tags()).toEqual({ constructor: 'c' });
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, '']));
    await expect(client.send(new TagResourceCommand({ resourceArn, tags: many }))).rejects.toMatchObject({
      name: 'TooManyTagsException',
    });
    await expect(
      client.send(new TagResourceCommand({ resourceArn, tags: { 'a!': '' } })),
    ).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(
      client.send(new ListTagsForResourceCommand({ resourceArn: arnOf('none') })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
