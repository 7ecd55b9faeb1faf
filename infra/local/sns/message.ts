import { randomUUID } from 'node:crypto';
import type { Fields } from '../protocol/query-service.ts';
import { invalidParameter } from './errors.ts';
import { attributeBytes, type MessageAttribute, readMessageAttributes } from './message-attributes.ts';

/** What goes to subscribers. As JSON in the outbox until they have it. */
export interface Message {
  readonly kind: 'Notification' | 'SubscriptionConfirmation';
  readonly messageId: string;
  /** Of the local cloud; null for a text message to a phone number. */
  readonly topicArn: string | null;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly subject: string | null;
  /** By protocol, and `default` for all others. */
  readonly bodies: Readonly<Record<string, string>>;
  readonly attributes: readonly MessageAttribute[];
  /** What confirms the subscription; null but in a SubscriptionConfirmation. */
  readonly token: string | null;
}

/** Bytes of message and attributes together. Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export const MESSAGE_BYTES = 256 * 1024;

/** Starts with a letter, digit or punctuation; printable ASCII; at most 100 characters. Same source. */
const SUBJECT = /^[!-~][ -~]{0,99}$/;

/** A message as published, and what it counts. */
export interface Published {
  readonly message: Message;
  /** Bytes of what was published and of its attributes. */
  readonly bytes: number;
}

/**
 * Reads a message of Publish or of an entry of PublishBatch.
 *
 * @param prefix of its fields: '' for Publish, `PublishBatchRequestEntries.member.1.` in a batch
 * @throws SnsError InvalidParameter, ParameterValueInvalid
 */
export function readMessage(fields: Fields, prefix: string, topicArn: string | null, now: number): Published {
  const text = fields.get(`${prefix}Message`) ?? '';
  if (text === '') throw invalidParameter('Empty message');
  const attributes = readMessageAttributes(fields, prefix);
  const bytes = attributes.reduce((sum, one) => sum + attributeBytes(one), Buffer.byteLength(text));
  if (bytes > MESSAGE_BYTES) throw invalidParameter('Message too long');
  const subject = fields.get(`${prefix}Subject`);
  if (subject !== null && !SUBJECT.test(subject)) throw invalidParameter('Subject');
  const message: Message = {
    kind: 'Notification',
    messageId: randomUUID(),
    topicArn,
    timestamp: now,
    subject,
    bodies: readBodies(text, fields.get(`${prefix}MessageStructure`)),
    attributes,
    token: null,
  };
  return { message, bytes };
}

/** With the structure `json`, each protocol's own; members that are no text are ignored, as on AWS. */
function readBodies(text: string, structure: string | null): Readonly<Record<string, string>> {
  if (structure === null) return { default: text };
  if (structure !== 'json') throw invalidParameter('MessageStructure');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalidParameter('Message Structure - JSON message body failed to parse');
  }
  const bodies = Object.fromEntries(
    Object.entries(parsed ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
  if (!Object.hasOwn(bodies, 'default')) {
    throw invalidParameter('Message Structure - No default entry in JSON message body');
  }
  return bodies;
}

/** The message as a protocol's subscribers get it. */
export function bodyFor({ bodies }: Message, protocol: string): string {
  return (Object.hasOwn(bodies, protocol) ? bodies[protocol] : bodies.default) ?? '';
}

/** Asks a subscriber to confirm. */
export function confirmation(topicArn: string, token: string, now: number): Message {
  return {
    kind: 'SubscriptionConfirmation',
    messageId: randomUUID(),
    topicArn,
    timestamp: now,
    subject: null,
    bodies: {
      default: `Someone subscribed this endpoint to the topic ${topicArn}.\nTo confirm it, visit the SubscribeURL of this message.`,
    },
    attributes: [],
    token,
  };
}
