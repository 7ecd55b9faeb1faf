import { EventStreamCodec } from '@smithy/core/event-streams';
import { fromUtf8, toUtf8 } from '@smithy/core/serde';
import type { KinesisError } from '../errors.ts';

/** How the contents of messages are written. */
export interface Payloads {
  readonly contentType: string;
  /** From an API's JSON. */
  encode(json: string): Uint8Array;
}

export const JSON_PAYLOADS: Payloads = {
  contentType: 'application/x-amz-json-1.1',
  encode: (json) => Buffer.from(json, 'utf8'),
};

/**
 * One event: a length, headers, contents and checksums.
 * Source: https://smithy.io/2.0/aws/amazon-eventstream.html
 *
 * @param type `SubscribeToShardEvent`
 * @param json an object
 */
export function eventMessage(type: string, json: string, payloads: Payloads): Uint8Array {
  return message({ ':message-type': 'event', ':event-type': type }, json, payloads);
}

/**
 * What an operation of RPC begins its events with: its answer but for the events, here an empty one. SDKs wait for it.
 * Source: https://smithy.io/2.0/aws/amazon-eventstream.html#initial-response-messages
 */
export function initialResponse(payloads: Payloads): Uint8Array {
  return eventMessage('initial-response', '{}', payloads);
}

/** An exception in the place of an event: the last message. */
export function exceptionMessage(
  type: string,
  { message: text }: KinesisError,
  payloads: Payloads,
): Uint8Array {
  const headers = { ':message-type': 'exception', ':exception-type': type };
  return message(headers, JSON.stringify({ message: text }), payloads);
}

const codec = new EventStreamCodec(toUtf8, fromUtf8);

function message(
  headers: Readonly<Record<string, string>>,
  json: string,
  { contentType, encode }: Payloads,
): Uint8Array {
  const all = Object.entries({ ...headers, ':content-type': contentType });
  return codec.encode({
    headers: Object.fromEntries(all.map(([name, value]) => [name, { type: 'string', value } as const])),
    body: encode(json),
  });
}
