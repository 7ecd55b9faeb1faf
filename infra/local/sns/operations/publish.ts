import { invalidParameter } from '../errors.ts';
import { bodyFor, readMessage } from '../message.ts';
import { type Context, differing } from '../operation.ts';
import { isPhoneNumber } from '../protocols.ts';
import { topicArn, topicOf } from '../topics.ts';

/** Publishes to a topic, or a text message to a phone number. Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export const publish = differing(
  'A text message to a phone number goes to a file. There are no endpoints of mobile push. Messages carry no signature that could be verified.',
  (fields, context) => {
    if (fields.has('PhoneNumber')) return publishText(fields, context);
    const parameter = fields.has('TopicArn') || !fields.has('TargetArn') ? 'TopicArn' : 'TargetArn';
    // What is wrong with a message is told before what is wrong with its topic, as on AWS.
    const { message } = readMessage(fields, '', null, context.now());
    if (fields.has('MessageDeduplicationId')) {
      throw invalidParameter(
        'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
      );
    }
    const topic = topicOf(context.topics, parameter, fields.get(parameter));
    context.publish({ ...message, topicArn: topicArn(topic.name) }, topic.name);
    return `<MessageId>${message.messageId}</MessageId>`;
  },
);

function publishText(fields: URLSearchParams, { mailbox, now }: Context): string {
  const to = fields.get('PhoneNumber') ?? '';
  if (!isPhoneNumber(to)) throw invalidParameter(`PhoneNumber Reason: ${to} is not valid to publish to`);
  const { message } = readMessage(fields, '', null, now());
  const { messageId, timestamp } = message;
  mailbox.put({
    to,
    subject: null,
    body: bodyFor(message, 'sms'),
    messageId,
    timestamp,
    recipient: 'direct',
  });
  return `<MessageId>${messageId}</MessageId>`;
}
