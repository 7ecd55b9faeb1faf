import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  SetTopicAttributesCommand,
} from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { arnOf, SnsFixture } from '../fixture.ts';

const fixture = new SnsFixture();
afterEach(() => fixture.closeAll());

async function open() {
  const { client } = await fixture.openSns();
  await client.send(new CreateTopicCommand({ Name: 'alerts' }));
  const TopicArn = arnOf('alerts');
  return {
    set: (AttributeName: string, AttributeValue?: string) =>
      client.send(new SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue })),
    attributes: async () => (await client.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes ?? {},
  };
}

describe('SetTopicAttributes', () => {
  it('sets, and removes', async () => {
    const { set, attributes } = await open();
    await set('DisplayName', 'Low magic');
    await set('DeliveryPolicy', '{"http":{"defaultHealthyRetryPolicy":{"numRetries":1}}}');
    expect(await attributes()).toMatchObject({
      DisplayName: 'Low magic',
      EffectiveDeliveryPolicy: expect.stringContaining('"numRetries":1'),
    });
    await set('DeliveryPolicy');
    expect((await attributes()).EffectiveDeliveryPolicy).toContain('"numRetries":3');
  });

  it.each([
    ['FifoTopic', 'true', 'AttributeName'],
    ['constructor', 'x', 'AttributeName'],
    ['DisplayName', 'x'.repeat(101), 'DisplayName'],
    ['SignatureVersion', '3', 'SignatureVersion: must be one of 1, 2 (given 3)'],
  ])('refuses %s %s', async (name, value, reason) => {
    const { set } = await open();
    await expect(set(name, value)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining(`Invalid parameter: ${reason}`),
    });
  });
});
