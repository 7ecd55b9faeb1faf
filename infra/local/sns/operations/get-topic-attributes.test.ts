import { CreateTopicCommand, GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { arnOf, SnsFixture } from '../fixture.ts';

const fixture = new SnsFixture();
afterEach(() => fixture.closeAll());

describe('GetTopicAttributes', () => {
  it('tells what AWS tells of any topic', async () => {
    const { client } = await fixture.openSns();
    await client.send(new CreateTopicCommand({ Name: 'alerts' }));
    const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn: arnOf('alerts') }));
    expect(Attributes).toEqual({
      TopicArn: arnOf('alerts'),
      Owner: '000000000000',
      DisplayName: '',
      SubscriptionsConfirmed: '0',
      SubscriptionsPending: '0',
      SubscriptionsDeleted: '0',
      Policy: expect.stringContaining(`"Resource":"${arnOf('alerts')}"`),
      EffectiveDeliveryPolicy: expect.stringContaining('"numRetries":3'),
    });
  });

  it('counts subscriptions, those that wait for confirmation apart', async () => {
    const { client, subscribe } = await fixture.openSns();
    await subscribe({ Protocol: 'sms', Endpoint: '+15550100' });
    await subscribe({ Protocol: 'email', Endpoint: 'ops@example.com' });
    const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn: arnOf('alerts') }));
    expect(Attributes).toMatchObject({ SubscriptionsConfirmed: '1', SubscriptionsPending: '1' });
  });

  it('does not find what does not exist', async () => {
    const { client } = await fixture.openSns();
    await expect(
      client.send(new GetTopicAttributesCommand({ TopicArn: arnOf('nowhere') })),
    ).rejects.toMatchObject({ name: 'NotFoundException', $metadata: { httpStatusCode: 404 } });
  });
});
