import { CreateTopicCommand, GetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { arnOf, SnsFixture } from '../fixture.ts';

const fixture = new SnsFixture();
afterEach(() => fixture.closeAll());

describe('CreateTopic', () => {
  it('creates a topic, and answers the same ARN when it exists', async () => {
    const { client } = await fixture.openSns();
    const create = new CreateTopicCommand({ Name: 'wildrydes-alerts', Tags: [{ Key: 'k', Value: 'v' }] });
    expect((await client.send(create)).TopicArn).toBe(arnOf('wildrydes-alerts'));
    expect((await client.send(create)).TopicArn).toBe(arnOf('wildrydes-alerts'));
  });

  it('keeps attributes, and refuses others for a topic that exists', async () => {
    const { client } = await fixture.openSns();
    const create = (DisplayName: string) =>
      client.send(new CreateTopicCommand({ Name: 'alerts', Attributes: { DisplayName } }));
    await create('Low <magic> & more');
    await create('Low <magic> & more');
    await client.send(new CreateTopicCommand({ Name: 'alerts' }));
    await expect(create('other')).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid parameter: Attributes Reason: Topic already exists with different attributes',
    });
    const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn: arnOf('alerts') }));
    expect(Attributes).toMatchObject({ DisplayName: 'Low <magic> & more' });
  });

  it('keeps tags, and refuses others for a topic that exists', async () => {
    const { client } = await fixture.openSns();
    const create = (...Tags: { Key: string; Value: string }[]) =>
      client.send(new CreateTopicCommand({ Name: 'alerts', Tags }));
    const stage = { Key: 'stage', Value: 'test' };
    const owner = { Key: '__proto__', Value: 'ops' };
    await create(stage, owner);
    await create(owner, stage);
    await create();
    await expect(create(stage)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid parameter: Tags Reason: Topic already exists with different tags',
    });
  });

  it.each([
    [{ Speed: '1' }, 'Attributes Reason: Unknown attribute Speed'],
    [{ constructor: '1' }, 'Attributes Reason: Unknown attribute constructor'],
    [{ Policy: '{' }, 'Attributes Reason: Policy: failed to parse JSON.'],
    [
      { DeliveryPolicy: '{"http":{"defaultHealthyRetryPolicy":{"numRetries":101}}}' },
      'Attributes Reason: DeliveryPolicy: numRetries must be from 0 to 100 (given 101)',
    ],
  ])('refuses the attributes %j', async (Attributes, reason) => {
    const { client } = await fixture.openSns();
    await expect(
      client.send(new CreateTopicCommand({ Name: 'alerts', Attributes: { ...Attributes } })),
    ).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: `Invalid parameter: ${reason}`,
    });
  });

  it.each(['', 'with space', 'ümlaut', 'a:b', 'x'.repeat(257)])('refuses the name %j', async (Name) => {
    const { client } = await fixture.openSns();
    await expect(client.send(new CreateTopicCommand({ Name }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid parameter: Topic Name',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('says that it has no FIFO topics', async () => {
    const { client } = await fixture.openSns();
    const create = new CreateTopicCommand({ Name: 'a.fifo', Attributes: { FifoTopic: 'true' } });
    await expect(client.send(create)).rejects.toMatchObject({ message: expect.stringContaining('FIFO') });
  });
});
