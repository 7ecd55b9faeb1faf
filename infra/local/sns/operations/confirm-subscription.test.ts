import { ConfirmSubscriptionCommand, ListSubscriptionsCommand } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { arnOf, type OpenedSns, type Receiver, SnsFixture } from '../fixture.ts';

const fixture = new SnsFixture();
afterEach(() => fixture.closeAll());

/** What was asked of an endpoint. */
async function asked({ posts }: Receiver): Promise<Record<string, string>> {
  await expect.poll(() => posts.length).toBeGreaterThan(0);
  return JSON.parse(posts[0]?.body ?? '') as Record<string, string>;
}

async function listed({ client }: OpenedSns) {
  return (await client.send(new ListSubscriptionsCommand({}))).Subscriptions ?? [];
}

describe('ConfirmSubscription', () => {
  it('is done by visiting the link, which needs no signature', async () => {
    const opened = await fixture.openSns();
    const receiver = await fixture.receiver();
    const arn = await opened.subscribe({ Endpoint: receiver.url });
    expect(await listed(opened)).toMatchObject([{ SubscriptionArn: 'PendingConfirmation' }]);
    const { SubscribeURL = '' } = await asked(receiver);
    for (let visit = 0; visit < 2; visit++) {
      const answer = await fetch(SubscribeURL);
      expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining(arn)]);
    }
    expect(await listed(opened)).toEqual([
      {
        SubscriptionArn: arn,
        Owner: '000000000000',
        Protocol: 'http',
        Endpoint: receiver.url,
        TopicArn: arnOf('alerts'),
      },
    ]);
  });

  it('is done by the token, and may ask that only signed requests end the subscription', async () => {
    const opened = await fixture.openSns();
    const receiver = await fixture.receiver();
    const arn = await opened.subscribe({ Endpoint: receiver.url });
    const { Token, TopicArn } = await asked(receiver);
    const confirm = new ConfirmSubscriptionCommand({ TopicArn, Token, AuthenticateOnUnsubscribe: 'true' });
    expect((await opened.client.send(confirm)).SubscriptionArn).toBe(arn);
    const link = `${opened.endpoint}/?Action=Unsubscribe&Version=2010-03-31&SubscriptionArn=${arn}`;
    const refused = await fetch(link);
    expect([refused.status, await refused.text()]).toEqual([
      403,
      expect.stringContaining('AuthorizationError'),
    ]);
    expect(await listed(opened)).toMatchObject([{ SubscriptionArn: arn }]);
  });

  it.each([
    [{ Token: '51b2' }, 'Token'],
    [{ Token: '' }, 'Token'],
    [{ TopicArn: 'alerts', Token: '1' }, 'TopicArn'],
  ])('refuses %j', async (input, reason) => {
    const { client, subscribe } = await fixture.openSns();
    await subscribe({ Protocol: 'email', Endpoint: 'ops@example.com' });
    await subscribe({ Protocol: 'sms', Endpoint: '+15550100' });
    const confirm = new ConfirmSubscriptionCommand({ TopicArn: arnOf('alerts'), ...input });
    await expect(client.send(confirm)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining(reason),
    });
  });

  it('comes too late after two days', async () => {
    let now = 0;
    const opened = await fixture.openSns(null, { clock: { now: () => now, monotonic: () => now } });
    const receiver = await fixture.receiver();
    await opened.subscribe({ Endpoint: receiver.url });
    const { SubscribeURL = '' } = await asked(receiver);
    now = 2 * 24 * 3600 * 1000;
    expect((await fetch(SubscribeURL)).status).toBe(400);
    expect(await listed(opened)).toEqual([]);
  });
});

describe('a link', () => {
  it('of any other operation must be signed', async () => {
    const { endpoint } = await fixture.openSns();
    const answer = await fetch(`${endpoint}/?Action=CreateTopic&Name=a&Version=2010-03-31`);
    expect([answer.status, await answer.text()]).toEqual([
      403,
      expect.stringContaining('<Code>MissingAuthenticationToken</Code>'),
    ]);
  });
});
