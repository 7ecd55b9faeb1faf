import { GetSubscriptionAttributesCommand } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { arnOf, SnsFixture } from '../fixture.ts';

const fixture = new SnsFixture();
afterEach(() => fixture.closeAll());

describe('GetSubscriptionAttributes', () => {
  it('tells what AWS tells', async () => {
    const { client, subscribe } = await fixture.openSns();
    const FilterPolicy = '{"kind":["alert"]}';
    const SubscriptionArn = await subscribe({
      Protocol: 'sms',
      Endpoint: '+15550100',
      Attributes: { FilterPolicy },
    });
    const { Attributes } = await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
    expect(Attributes).toEqual({
      SubscriptionArn,
      TopicArn: arnOf('alerts'),
      Owner: '000000000000',
      SubscriptionPrincipal: 'arn:aws:iam::000000000000:root',
      Protocol: 'sms',
      Endpoint: '+15550100',
      PendingConfirmation: 'false',
      ConfirmationWasAuthenticated: 'true',
      RawMessageDelivery: 'false',
      FilterPolicy,
      FilterPolicyScope: 'MessageAttributes',
    });
  });

  it('tells the delivery policy that counts, of subscription and topic', async () => {
    const { client, subscribe } = await fixture.openSns();
    const SubscriptionArn = await subscribe({
      Attributes: {
        DeliveryPolicy:
          '{"healthyRetryPolicy":{"numRetries":7},"requestPolicy":{"headerContentType":"application/json"}}',
      },
    });
    const { Attributes = {} } = await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
    expect(Attributes.PendingConfirmation).toBe('true');
    expect(JSON.parse(Attributes.EffectiveDeliveryPolicy ?? '')).toMatchObject({
      healthyRetryPolicy: { numRetries: 7, minDelayTarget: 20 },
      requestPolicy: { headerContentType: 'application/json' },
    });
  });

  it('does not find what does not exist', async () => {
    const { client } = await fixture.openSns();
    const get = new GetSubscriptionAttributesCommand({ SubscriptionArn: `${arnOf('alerts')}:0` });
    await expect(client.send(get)).rejects.toMatchObject({
      name: 'NotFoundException',
      message: 'Subscription does not exist',
    });
  });
});
