import { CreateTopicCommand, paginateListSubscriptions } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { arnOf, SnsFixture } from '../fixture.ts';

const fixture = new SnsFixture();
afterEach(() => fixture.closeAll());

describe('ListSubscriptions', () => {
  it('gives those of all topics once, in pages of 100', async () => {
    const { client, subscribe } = await fixture.openSns();
    await client.send(new CreateTopicCommand({ Name: 'other' }));
    const given: string[] = [];
    for (let i = 0; i < 101; i++) {
      const TopicArn = arnOf(i % 2 === 0 ? 'alerts' : 'other');
      given.push(await subscribe({ TopicArn, Protocol: 'sms', Endpoint: `+1555${1000 + i}` }));
    }
    const pages: string[][] = [];
    for await (const { Subscriptions = [] } of paginateListSubscriptions({ client }, {})) {
      pages.push(Subscriptions.map(({ SubscriptionArn = '' }) => SubscriptionArn));
    }
    expect(pages.map(({ length }) => length)).toEqual([100, 1]);
    expect(pages.flat().sort()).toEqual(given.sort());
  });

  it('does not tell the password of an endpoint', async () => {
    const { client, subscribe } = await fixture.openSns();
    await subscribe({ Endpoint: 'http://user:secret@localhost:1/a@b' });
    for await (const { Subscriptions } of paginateListSubscriptions({ client }, {})) {
      expect(Subscriptions).toMatchObject([{ Endpoint: 'http://user:****@localhost:1/a@b' }]);
    }
  });
});
