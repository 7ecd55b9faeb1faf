import { CreateTopicCommand, ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { arnOf, SnsFixture } from '../fixture.ts';

const fixture = new SnsFixture();
afterEach(() => fixture.closeAll());

describe('ListSubscriptionsByTopic', () => {
  it('gives those of the topic', async () => {
    const { client, subscribe } = await fixture.openSns();
    await client.send(new CreateTopicCommand({ Name: 'other' }));
    await subscribe({ TopicArn: arnOf('other'), Protocol: 'sms', Endpoint: '+15550101' });
    const SubscriptionArn = await subscribe({ Protocol: 'sms', Endpoint: '+15550100' });
    const list = new ListSubscriptionsByTopicCommand({ TopicArn: arnOf('alerts') });
    expect((await client.send(list)).Subscriptions).toMatchObject([{ SubscriptionArn }]);
  });

  it('does not find a topic that does not exist', async () => {
    const { client } = await fixture.openSns();
    const list = new ListSubscriptionsByTopicCommand({ TopicArn: arnOf('nowhere') });
    await expect(client.send(list)).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});
