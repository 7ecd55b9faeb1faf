import { CreateTopicCommand, PublishBatchCommand, type PublishBatchRequestEntry } from '@aws-sdk/client-sns';
import { afterEach, describe, expect, it } from 'vitest';
import type { Notification } from '../../control/api.ts';
import { arnOf, SnsFixture } from '../fixture.ts';

const fixture = new SnsFixture();
afterEach(() => fixture.closeAll());

async function open() {
  const { sns, client } = await fixture.openSns();
  await client.send(new CreateTopicCommand({ Name: 'alerts' }));
  const heard: Notification[] = [];
  sns.onPublish((notification) => heard.push(notification));
  const publish = (entries: PublishBatchRequestEntry[], TopicArn = arnOf('alerts')) =>
    client.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: entries }));
  return { heard, publish };
}

const entries = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ Id: `id-${i}`, Message: `message ${i}` }));

describe('PublishBatch', () => {
  it('publishes ten, in order', async () => {
    const { heard, publish } = await open();
    const { Successful, Failed } = await publish(entries(10));
    expect(Failed ?? []).toEqual([]);
    expect(Successful?.map(({ Id }) => Id)).toEqual(entries(10).map(({ Id }) => Id));
    expect(heard.map(({ message }) => message)).toEqual(entries(10).map(({ Message }) => Message));
    expect(heard.map(({ messageId }) => messageId)).toEqual(Successful?.map(({ MessageId }) => MessageId));
  });

  it('fails entries alone', async () => {
    const { heard, publish } = await open();
    const { Successful, Failed } = await publish([
      { Id: 'good', Message: 'm' },
      { Id: 'empty', Message: '' },
      { Id: 'attribute', Message: 'm', MessageAttributes: { a: { DataType: 'X', StringValue: 'v' } } },
    ]);
    expect(Successful?.map(({ Id }) => Id)).toEqual(['good']);
    expect(Failed).toEqual([
      {
        Id: 'empty',
        Code: 'InvalidParameter',
        Message: 'Invalid parameter: Empty message',
        SenderFault: true,
      },
      expect.objectContaining({ Id: 'attribute', Code: 'ParameterValueInvalid', SenderFault: true }),
    ]);
    expect(heard).toHaveLength(1);
  });

  it.each<[string, PublishBatchRequestEntry[], string]>([
    ['none', [], 'EmptyBatchRequestException'],
    ['eleven', entries(11), 'TooManyEntriesInBatchRequestException'],
    ['two of one id', [...entries(1), ...entries(1)], 'BatchEntryIdsNotDistinctException'],
    ['an id with a space', [{ Id: 'a b', Message: 'm' }], 'InvalidBatchEntryIdException'],
    ['an id of 81 characters', [{ Id: 'x'.repeat(81), Message: 'm' }], 'InvalidBatchEntryIdException'],
    [
      'more than 256 KiB together',
      entries(2).map((entry) => ({ ...entry, Message: 'x'.repeat(128 * 1024 + 1) })),
      'BatchRequestTooLongException',
    ],
  ])('refuses %s', async (_what, given, name) => {
    const { heard, publish } = await open();
    await expect(publish(given)).rejects.toMatchObject({ name });
    expect(heard).toEqual([]);
  });

  it('does not find a topic that does not exist', async () => {
    const { publish } = await open();
    await expect(publish(entries(1), arnOf('nowhere'))).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});
