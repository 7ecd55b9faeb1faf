import { expect } from 'vitest';
import { answers, from, matching, refuses, type Scenario } from '../scenario.ts';

const TOPIC = { TopicArn: from('topic.TopicArn') };
const TOPIC_ENDPOINT = { Protocol: 'email', Endpoint: 'others@example.com' };
const NOWHERE = { TopicArn: 'arn:aws:sns:us-east-1:000000000000:nowhere' };
const made = answers(
  'sns.CreateTopic',
  { Name: 'alerts' },
  { TopicArn: matching(/^arn:aws:sns:us-east-1:\d{12}:alerts$/) },
  { as: 'topic' },
);
const gone = answers('sns.DeleteTopic', TOPIC);

/** Topics, subscriptions and messages. */
export const SNS: readonly Scenario[] = [
  {
    title: 'a topic is made, described, tagged and deleted',
    steps: [
      made,
      answers('sns.CreateTopic', { Name: 'alerts' }, { TopicArn: from('topic.TopicArn') }),
      answers('sns.ListTopics', {}, { Topics: [TOPIC] }),
      answers('sns.SetTopicAttributes', {
        ...TOPIC,
        AttributeName: 'DisplayName',
        AttributeValue: 'Magic runs low <&>',
      }),
      answers('sns.GetTopicAttributes', TOPIC, {
        Attributes: {
          TopicArn: from('topic.TopicArn'),
          DisplayName: 'Magic runs low <&>',
          SubscriptionsConfirmed: '0',
        },
      }),
      answers('sns.TagResource', {
        ResourceArn: from('topic.TopicArn'),
        Tags: [{ Key: 'stage', Value: 'test' }],
      }),
      answers(
        'sns.ListTagsForResource',
        { ResourceArn: from('topic.TopicArn') },
        { Tags: [{ Key: 'stage', Value: 'test' }] },
      ),
      answers('sns.UntagResource', { ResourceArn: from('topic.TopicArn'), TagKeys: ['stage'] }),
      gone,
      refuses('sns.GetTopicAttributes', TOPIC, 'NotFoundException', /^Topic does not exist$/, {
        status: 404,
      }),
      gone,
    ],
  },
  {
    title: 'a topic is subscribed to, published to, and left',
    steps: [
      made,
      answers(
        'sns.Subscribe',
        { ...TOPIC, Protocol: 'email', Endpoint: 'operations@example.com', ReturnSubscriptionArn: true },
        { SubscriptionArn: matching(/^arn:aws:sns:us-east-1:\d{12}:alerts:[0-9a-f-]{36}$/) },
        { as: 'subscription' },
      ),
      answers(
        'sns.Subscribe',
        { ...TOPIC, Protocol: 'email', Endpoint: 'others@example.com' },
        { SubscriptionArn: 'pending confirmation' },
      ),
      answers(
        'sns.GetSubscriptionAttributes',
        { SubscriptionArn: from('subscription.SubscriptionArn') },
        {
          Attributes: { Protocol: 'email', Endpoint: 'operations@example.com', PendingConfirmation: 'true' },
        },
      ),
      answers('sns.SetSubscriptionAttributes', {
        SubscriptionArn: from('subscription.SubscriptionArn'),
        AttributeName: 'FilterPolicy',
        AttributeValue: '{"unicorn":["Rocinante"]}',
      }),
      answers(
        'sns.ListSubscriptions',
        {},
        { Subscriptions: expect.arrayContaining([expect.objectContaining(TOPIC_ENDPOINT)]) },
      ),
      answers('sns.ListSubscriptionsByTopic', TOPIC, {
        Subscriptions: expect.arrayContaining([expect.objectContaining(TOPIC_ENDPOINT)]),
      }),
      refuses(
        'sns.ConfirmSubscription',
        { ...TOPIC, Token: 'made up' },
        'InvalidParameterException',
        /^Invalid parameter: Token/,
      ),
      answers(
        'sns.Publish',
        {
          ...TOPIC,
          Subject: 'Low magic',
          Message: 'Rocinante has 49 points left 🦄',
          MessageAttributes: { unicorn: { DataType: 'String', StringValue: 'Rocinante' } },
        },
        { MessageId: matching(/^[0-9a-f-]{36}$/) },
      ),
      answers(
        'sns.PublishBatch',
        {
          ...TOPIC,
          PublishBatchRequestEntries: [
            { Id: 'a', Message: 'one' },
            { Id: 'b', Message: 'two' },
          ],
        },
        {
          Successful: [
            { Id: 'a', MessageId: expect.any(String) },
            { Id: 'b', MessageId: expect.any(String) },
          ],
        },
      ),
      refuses(
        'sns.PublishBatch',
        {
          ...TOPIC,
          PublishBatchRequestEntries: [
            { Id: 'a', Message: 'one' },
            { Id: 'a', Message: 'two' },
          ],
        },
        'BatchEntryIdsNotDistinctException',
        /same Id/,
      ),
      answers('sns.Unsubscribe', { SubscriptionArn: from('subscription.SubscriptionArn') }),
      gone,
    ],
  },
  {
    title: 'what is wrong with a topic or a message is told',
    steps: [
      refuses(
        'sns.CreateTopic',
        { Name: 'not a name' },
        'InvalidParameterException',
        /^Invalid parameter: Topic Name$/,
      ),
      refuses('sns.Publish', { ...NOWHERE, Message: 'x' }, 'NotFoundException', /^Topic does not exist$/, {
        status: 404,
      }),
      refuses(
        'sns.Publish',
        { TopicArn: 'nonsense', Message: 'x' },
        'InvalidParameterException',
        /^Invalid parameter: TopicArn/,
      ),
      made,
      refuses(
        'sns.Publish',
        { ...TOPIC, Message: '' },
        'InvalidParameterException',
        /^Invalid parameter: Empty message$/,
      ),
      refuses(
        'sns.Publish',
        { ...TOPIC, Message: 'x'.repeat(256 * 1024 + 1) },
        'InvalidParameterException',
        /^Invalid parameter: Message too long$/,
      ),
      refuses(
        'sns.Subscribe',
        { ...TOPIC, Protocol: 'pigeon', Endpoint: 'x' },
        'InvalidParameterException',
        /^Invalid parameter: Amazon SNS does not support this protocol string: pigeon$/,
      ),
      refuses(
        'sns.GetSubscriptionAttributes',
        { SubscriptionArn: 'arn:aws:sns:us-east-1:000000000000:alerts:00000000-0000-0000-0000-000000000000' },
        'NotFoundException',
        /^Subscription does not exist$/,
        { status: 404 },
      ),
      refuses(
        'sns.CheckIfPhoneNumberIsOptedOut',
        { phoneNumber: '+1' },
        'InvalidAction',
        /CheckIfPhoneNumberIsOptedOut/,
      ),
      gone,
    ],
  },
];
