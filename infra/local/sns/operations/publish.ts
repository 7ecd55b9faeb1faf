import { randomUUID } from 'node:crypto';
import type { Fields } from '../../protocol/query-service.ts';
import { invalidParameter } from '../errors.ts';
import type { Operation } from '../operation.ts';
import { topicArn, topicOf } from '../topics.ts';

/** Bytes of message and attributes together. Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MESSAGE_BYTES = 256 * 1024;

/** Starts with a letter, digit or punctuation; printable ASCII; at most 100 characters. Same source. */
const SUBJECT = /^[!-~][ -~]{0,99}$/;

/** Publishes to a topic. Phone numbers and mobile endpoints are not supported. */
export const publish: Operation = (fields, context) => {
  if (fields.has('PhoneNumber')) {
    throw invalidParameter('PhoneNumber Reason: the local cloud publishes to topics only');
  }
  const parameter = fields.has('TopicArn') || !fields.has('TargetArn') ? 'TopicArn' : 'TargetArn';
  const message = readMessage(fields);
  const topic = topicOf(context.topics, parameter, fields.get(parameter));
  const messageId = randomUUID();
  context.publish({ topicArn: topicArn(topic.name), messageId, message });
  return `<MessageId>${messageId}</MessageId>`;
};

/** The message as a subscriber gets it: with MessageStructure `json`, its default. */
function readMessage(fields: Fields): string {
  const message = fields.get('Message') ?? '';
  if (message === '') throw invalidParameter('Empty message');
  if (Buffer.byteLength(message) + attributeBytes(fields) > MESSAGE_BYTES)
    throw invalidParameter('Message too long');
  const subject = fields.get('Subject');
  if (subject !== null && !SUBJECT.test(subject)) throw invalidParameter('Subject');
  const structure = fields.get('MessageStructure');
  if (structure === null) return message;
  if (structure !== 'json') throw invalidParameter('MessageStructure');
  return readDefault(message);
}

function readDefault(message: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(message);
  } catch {
    throw invalidParameter('Message Structure - JSON message body failed to parse');
  }
  const value = (parsed as { default?: unknown } | null)?.default;
  if (typeof value !== 'string')
    throw invalidParameter('Message Structure - No default entry in JSON message body');
  return value;
}

/** Names, types and values of the message attributes. */
function attributeBytes(fields: Fields): number {
  let bytes = 0;
  for (const [name, value] of fields) {
    if (name.startsWith('MessageAttributes.')) bytes += Buffer.byteLength(value);
  }
  return bytes;
}
