import {
  CreateTopicCommand,
  DeleteTopicCommand,
  ListSubscriptionsCommand,
  ListTopicsCommand,
} from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { arnOf, SnsFixture } from '../fixture.ts';

const fixture = new SnsFixture();
afterEach(() => fixture.closeAll());

describe('DeleteTopic', () => {
  it('deletes a topic, and takes one that is gone for deleted', async () => {
    const { client } = await fixture.openSns();
    for (const Name of ['kept', 'deleted']) await client.send(new CreateTopicCommand({ Name }));
    for (let i = 0; i < 2; i++) await client.send(new DeleteTopicCommand({ TopicArn: arnOf('deleted') }));
    expect((await client.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn: arnOf('kept') }]);
  });

  it('deletes its subscriptions, and no others', async () => {
    const { client, subscribe } = await fixture.openSns();
    await subscribe({ Protocol: 'sms', Endpoint: '+15550100' });
    await client.send(new CreateTopicCommand({ Name: 'kept' }));
    const kept = await subscribe({ TopicArn: arnOf('kept'), Protocol: 'sms', Endpoint: '+15550100' });
    await client.send(new DeleteTopicCommand({ TopicArn: arnOf('alerts') }));
    const { Subscriptions = [] } = await client.send(new ListSubscriptionsCommand({}));
    expect(Subscriptions.map(({ SubscriptionArn }) => SubscriptionArn)).toEqual([kept]);
  });

  it('refuses what is no ARN', async () => {
    const { client } = await fixture.openSns();
    await expect(client.send(new DeleteTopicCommand({ TopicArn: 'deleted' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});
