import { SubscribeCommand, type SubscribeCommandInput } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import { arnOf, SnsFixture } from '../fixture.ts';

const fixture = new SnsFixture();
afterEach(() => fixture.closeAll());

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:alert';

describe('Subscribe', () => {
  it.each([
    ['sms', '+1 555-0100'],
    ['lambda', FUNCTION],
  ])('of %s takes effect at once', async (Protocol, Endpoint) => {
    const { client, subscribe } = await fixture.openSns();
    const arn = await subscribe({ Protocol, Endpoint });
    expect(arn).toMatch(new RegExp(`^${arnOf('alerts')}:[0-9a-f-]{36}$`));
    const again = new SubscribeCommand({ TopicArn: arnOf('alerts'), Protocol, Endpoint });
    expect((await client.send(again)).SubscriptionArn).toBe(arn);
  });

  it.each([
    ['http', 'http://localhost:1/'],
    ['https', 'https://[::1]:1/path'],
    ['email', 'ops@example.com'],
    ['email-json', 'ops@example.com'],
  ])('of %s waits for its confirmation', async (Protocol, Endpoint) => {
    const { client, subscribe } = await fixture.openSns();
    await subscribe({ Protocol, Endpoint });
    const again = new SubscribeCommand({ TopicArn: arnOf('alerts'), Protocol, Endpoint });
    expect((await client.send(again)).SubscriptionArn).toBe('pending confirmation');
  });

  it('refuses other attributes for an endpoint that is subscribed', async () => {
    const { subscribe } = await fixture.openSns();
    const input = { Protocol: 'lambda', Endpoint: FUNCTION };
    const FilterPolicy = '{"kind":["alert"]}';
    const arn = await subscribe({ ...input, Attributes: { FilterPolicy } });
    expect(await subscribe({ ...input, Attributes: { FilterPolicy } })).toBe(arn);
    await expect(subscribe({ ...input, Attributes: { FilterPolicy: '{"a":[1]}' } })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid parameter: Attributes Reason: Subscription already exists with different attributes',
    });
  });

  it.each<[Partial<SubscribeCommandInput>, string, string]>([
    [{ Endpoint: 'https://127.0.0.1/' }, 'InvalidParameter', 'Endpoint must match the specified protocol'],
    [{ Endpoint: 'http://' }, 'InvalidParameter', 'Endpoint'],
    ...['example.com', '10.0.0.1', '169.254.169.254', '0.0.0.0', '[::ffff:10.0.0.1]', '127.0.0.1.nip.io'].map(
      (host): [Partial<SubscribeCommandInput>, string, string] => [
        { Endpoint: `http://${host}/` },
        'InvalidParameter',
        'the local cloud posts to localhost, 127.0.0.1 and [::1] only',
      ],
    ),
    [{ Protocol: 'email', Endpoint: 'nobody' }, 'InvalidParameter', 'Email address'],
    [{ Protocol: 'email', Endpoint: 'a@b\r\nBcc: c@d' }, 'InvalidParameter', 'Email address'],
    [{ Protocol: 'sms', Endpoint: '12' }, 'InvalidParameter', 'Invalid SMS endpoint: 12'],
    [{ Protocol: 'lambda', Endpoint: 'alert' }, 'InvalidParameter', 'Lambda endpoint ARN'],
    [
      { Protocol: 'sqs', Endpoint: 'arn:aws:sqs:us-east-1:000000000000:q' },
      'InvalidParameter',
      'the local cloud has no sqs subscriptions',
    ],
    [{ Protocol: 'firehose', Endpoint: 'x' }, 'InvalidParameter', 'no firehose subscriptions'],
    [{ Protocol: 'application', Endpoint: 'x' }, 'InvalidParameter', 'no application subscriptions'],
    [
      { Protocol: 'constructor', Endpoint: 'x' },
      'InvalidParameter',
      'Amazon SNS does not support this protocol string: constructor',
    ],
    [{ Endpoint: undefined }, 'NotFound', 'Endpoint not specified in subscription'],
    [{ TopicArn: arnOf('nowhere') }, 'NotFound', 'Topic does not exist'],
    [
      { TopicArn: 'alerts' },
      'InvalidParameter',
      'TopicArn Reason: An ARN must have at least 6 elements, not 1',
    ],
    [{ Attributes: { Speed: '1' } }, 'InvalidParameter', 'Attributes Reason: Unknown attribute Speed'],
    [{ Attributes: { RedrivePolicy: '{}' } }, 'InvalidParameter', 'RedrivePolicy'],
    [
      { Attributes: { RawMessageDelivery: 'yes' } },
      'InvalidParameter',
      'Attributes Reason: RawMessageDelivery: Invalid value [yes]',
    ],
    [
      { Protocol: 'sms', Endpoint: '+15550100', Attributes: { RawMessageDelivery: 'true' } },
      'InvalidParameter',
      'Delivery protocol [sms] does not support raw message delivery.',
    ],
    [
      { Attributes: { FilterPolicy: '{' } },
      'InvalidParameter',
      'Attributes Reason: FilterPolicy: failed to parse JSON.',
    ],
    [
      { Attributes: { FilterPolicyScope: 'Message' } },
      'InvalidParameter',
      'Invalid value [Message]. Please use either MessageBody or MessageAttributes',
    ],
    [
      { Attributes: { DeliveryPolicy: '{"healthyRetryPolicy":{"minDelayTarget":30,"maxDelayTarget":20}}' } },
      'InvalidParameter',
      'minDelayTarget must not be greater',
    ],
  ])('refuses %j', async (input, name, reason) => {
    const { subscribe } = await fixture.openSns();
    await expect(subscribe(input)).rejects.toMatchObject({
      name: `${name}Exception`,
      message: expect.stringContaining(reason),
    });
  });

  it('takes other hosts where that is allowed', async () => {
    const { subscribe } = await fixture.openSns(null, { anywhere: true });
    expect(await subscribe({ Endpoint: 'http://192.0.2.1/' })).toContain(arnOf('alerts'));
  });
});
