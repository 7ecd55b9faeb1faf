import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTopicCommand, PublishCommand, type PublishCommandInput } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Notification } from '../../control/api.ts';
import { arnOf, SnsFixture } from '../fixture.ts';

const fixture = new SnsFixture();
afterEach(() => fixture.closeAll());

async function open() {
  const { sns, client } = await fixture.openSns();
  await client.send(new CreateTopicCommand({ Name: 'alerts' }));
  const heard: Notification[] = [];
  const leave = sns.onPublish((notification) => heard.push(notification));
  const publish = (input: Partial<PublishCommandInput>) =>
    client.send(new PublishCommand({ TopicArn: arnOf('alerts'), Message: 'm', ...input }));
  return { heard, leave, publish };
}

describe('Publish', () => {
  it('passes the message on, exactly, before it answers', async () => {
    const { heard, leave, publish } = await open();
    const message = '{"name":"Bucéphalus 🦄 & <co>","line":"1\r\n2\t+%20"}';
    const { MessageId } = await publish({ Message: message });
    expect(heard).toEqual([{ topicArn: arnOf('alerts'), messageId: MessageId, message }]);
    leave();
    await publish({});
    expect(heard).toHaveLength(1);
  });

  it('takes the ARN of any region, and the name TargetArn for it', async () => {
    const { heard, publish } = await open();
    await publish({ TopicArn: undefined, TargetArn: 'arn:aws:sns:eu-west-1:123456789012:alerts' });
    expect(heard).toMatchObject([{ topicArn: arnOf('alerts') }]);
  });

  it('takes 256 KiB, every byte of it escaped on the way, and not one more', async () => {
    const { heard, publish } = await open();
    await publish({ Message: '%'.repeat(256 * 1024) });
    expect(heard[0]?.message).toHaveLength(256 * 1024);
    await expect(publish({ Message: `${'é'.repeat(128 * 1024)}x` })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid parameter: Message too long',
    });
    const MessageAttributes = { reason: { DataType: 'String', StringValue: 'x'.repeat(100) } };
    await expect(publish({ Message: 'x'.repeat(256 * 1024), MessageAttributes })).rejects.toThrow('too long');
    expect(heard).toHaveLength(1);
  });

  it('gives subscribers the default of a message by protocol', async () => {
    const { heard, publish } = await open();
    await publish({ Message: '{"default":"for all","sms":"short"}', MessageStructure: 'json' });
    expect(heard).toMatchObject([{ message: 'for all' }]);
  });

  it.each([
    ['a deduplication id', { MessageDeduplicationId: '1' }, 'MessageDeduplicationId'],
    ['an empty message', { Message: '' }, 'Empty message'],
    ['a phone number', { PhoneNumber: '+1', TopicArn: undefined }, 'PhoneNumber'],
    ['no target', { TopicArn: undefined }, 'TopicArn Reason: An ARN must have at least 6 elements, not 1'],
    ['an ARN of another service', { TopicArn: 'arn:aws:sqs:us-east-1:0:alerts' }, 'TopicArn'],
    ['a subject with a line break', { Subject: 'a\nb' }, 'Subject'],
    ['a subject of 101 characters', { Subject: 'x'.repeat(101) }, 'Subject'],
    ['another structure', { MessageStructure: 'xml' }, 'MessageStructure'],
    ['a structured message that is no JSON', { MessageStructure: 'json' }, 'failed to parse'],
    ['a structured message without default', { MessageStructure: 'json', Message: 'null' }, 'No default'],
  ])('refuses %s', async (_what, input, reason) => {
    const { heard, publish } = await open();
    await expect(publish(input)).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringMatching(new RegExp(`^Invalid parameter: .*${reason}`)),
      $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/./) },
    });
    expect(heard).toEqual([]);
  });

  it.each([
    ['.a', { DataType: 'String', StringValue: 'v' }, "starting with character '.'"],
    ['a.', { DataType: 'String', StringValue: 'v' }, "ending with character '.'"],
    ['a..b', { DataType: 'String', StringValue: 'v' }, 'successive'],
    ['a b', { DataType: 'String', StringValue: 'v' }, "character '#x20'"],
    ['x'.repeat(257), { DataType: 'String', StringValue: 'v' }, 'Length of message attribute name'],
    ['a', { DataType: 'Text', StringValue: 'v' }, 'invalid message attribute type'],
    ['a', { DataType: 'String', StringValue: '' }, 'must contain non-empty message attribute value'],
    ['a', { DataType: 'String', BinaryValue: Buffer.from('v') }, "must use field 'String'"],
    ['a', { DataType: 'Number', StringValue: 'ten' }, "Could not cast message attribute 'a' value to number"],
  ])('refuses the attribute %j: %j', async (name, attribute, reason) => {
    const { heard, publish } = await open();
    await expect(publish({ MessageAttributes: { [name]: attribute } })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringContaining(reason),
    });
    expect(heard).toEqual([]);
  });

  it('writes a text message to a phone number into the mailbox', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wildrydes-sns-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const { client } = await fixture.openSns(folder);
    const { MessageId } = await client.send(new PublishCommand({ PhoneNumber: '+15550100', Message: 'low' }));
    const [name = '', ...others] = readdirSync(join(folder, 'mail'));
    expect([name, others]).toEqual([expect.stringContaining(`${MessageId}-direct.sms`), []]);
    expect(readFileSync(join(folder, 'mail', name), 'utf8')).toMatch(
      /^From: .*\nTo: \+15550100\n(?:.+\n)+\nlow\n$/,
    );
  });

  it('does not find a topic that does not exist', async () => {
    const { publish } = await open();
    await expect(publish({ TopicArn: arnOf('nowhere') })).rejects.toMatchObject({
      name: 'NotFoundException',
      message: 'Topic does not exist',
      $metadata: { httpStatusCode: 404 },
    });
  });
});
