import { ListSubscriptionsCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { arnOf, SnsFixture } from '../fixture.ts';

const fixture = new SnsFixture();
afterEach(() => fixture.closeAll());

describe('Unsubscribe', () => {
  it('ends a subscription, and takes one that is gone for ended', async () => {
    const { client, subscribe } = await fixture.openSns();
    const SubscriptionArn = await subscribe({ Protocol: 'sms', Endpoint: '+15550100' });
    for (let i = 0; i < 2; i++) await client.send(new UnsubscribeCommand({ SubscriptionArn }));
    expect((await client.send(new ListSubscriptionsCommand({}))).Subscriptions ?? []).toEqual([]);
  });

  it.each([
    ['PendingConfirmation', 'SubscriptionArn Reason: An ARN must have at least 6 elements, not 1'],
    [arnOf('alerts'), 'SubscriptionId'],
  ])('refuses %s', async (SubscriptionArn, reason) => {
    const { client } = await fixture.openSns();
    await expect(client.send(new UnsubscribeCommand({ SubscriptionArn }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: `Invalid parameter: ${reason}`,
    });
  });
});
