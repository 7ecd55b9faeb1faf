import { CreateTopicCommand, ListTopicsCommand, paginateListTopics } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { arnOf, SnsFixture } from '../fixture.ts';

const fixture = new SnsFixture();
afterEach(() => fixture.closeAll());

describe('ListTopics', () => {
  it('is empty at first', async () => {
    const { client } = await fixture.openSns();
    expect((await client.send(new ListTopicsCommand({}))).Topics ?? []).toEqual([]);
  });

  it('gives every topic once, in pages of 100', async () => {
    const { client } = await fixture.openSns();
    const names = Array.from({ length: 201 }, (_, i) => `topic-${i}`);
    await Promise.all(names.map((Name) => client.send(new CreateTopicCommand({ Name }))));
    const pages: string[][] = [];
    for await (const { Topics = [] } of paginateListTopics({ client }, {})) {
      pages.push(Topics.map(({ TopicArn = '' }) => TopicArn));
    }
    expect(pages.map(({ length }) => length)).toEqual([100, 100, 1]);
    expect(pages.flat().sort()).toEqual(names.map(arnOf).sort());
  });

  it('refuses a token that it did not give', async () => {
    const { client } = await fixture.openSns();
    await expect(client.send(new ListTopicsCommand({ NextToken: '!' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});
