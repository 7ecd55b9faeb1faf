import { GetSubscriptionAttributesCommand, SetSubscriptionAttributesCommand } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { SnsFixture } from '../fixture.ts';

const fixture = new SnsFixture();
afterEach(() => fixture.closeAll());

async function open() {
  const { client, subscribe } = await fixture.openSns();
  const SubscriptionArn = await subscribe({});
  return {
    set: (AttributeName: string, AttributeValue: string) =>
      client.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue })),
    attributes: async () =>
      (await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))).Attributes,
  };
}

describe('SetSubscriptionAttributes', () => {
  it('sets attributes, and removes a filter policy', async () => {
    const { set, attributes } = await open();
    await set('FilterPolicyScope', 'MessageBody');
    await set('FilterPolicy', '{"a":{"b":["c"]}}');
    await set('RawMessageDelivery', 'TRUE');
    expect(await attributes()).toMatchObject({
      FilterPolicy: '{"a":{"b":["c"]}}',
      FilterPolicyScope: 'MessageBody',
      RawMessageDelivery: 'true',
    });
    await set('FilterPolicy', '');
    expect(await attributes()).not.toHaveProperty('FilterPolicy');
  });

  it.each([
    ['Endpoint', 'x', 'AttributeName'],
    ['__proto__', 'x', 'AttributeName'],
    ['FilterPolicy', '{"a":{"b":["c"]}}', 'Filter policy scope MessageAttributes does not support nested'],
    ['FilterPolicy', '{"key_a":"x"}', 'FilterPolicy: "key_a" must be an object or an array'],
    ['DeliveryPolicy', '[]', 'DeliveryPolicy: it must be a JSON object'],
  ])('refuses %s %s', async (name, value, reason) => {
    const { set } = await open();
    await expect(set(name, value)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining(`Invalid parameter: ${reason}`),
    });
  });
});
