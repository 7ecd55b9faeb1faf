import { EventStreamCodec } from '@smithy/core/event-streams';
import { fromUtf8, toUtf8 } from '@smithy/core/serde';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KinesisError } from '../errors.ts';
import { eventMessage, exceptionMessage, initialResponse, JSON_PAYLOADS } from './event-stream.ts';

const codec = new EventStreamCodec(toUtf8, fromUtf8);

/** Headers as text, and contents as JSON. */
function decoded(message: Uint8Array): { readonly headers: object; readonly body: unknown } {
  const { headers, body } = codec.decode(message);
  const texts = Object.entries(headers).map(([name, { type, value }]) => {
    expect(type).toBe('string');
    return [name, value];
  });
  return { headers: Object.fromEntries(texts), body: JSON.parse(Buffer.from(body).toString('utf8')) };
}

const contentType = 'application/x-amz-json-1.1';

test('what is written as an event is read back by the codec of the SDK', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 40 }),
      fc.dictionary(fc.string(), fc.jsonValue()),
      (type, body) => {
        const json = JSON.stringify(body);
        expect(decoded(eventMessage(type, json, JSON_PAYLOADS))).toEqual({
          headers: { ':message-type': 'event', ':event-type': type, ':content-type': contentType },
          body: JSON.parse(json),
        });
      },
    ),
  );
});

test('an exception carries its message', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const exception = new KinesisError('ResourceInUseException', text);
      expect(decoded(exceptionMessage(exception.type, exception, JSON_PAYLOADS))).toEqual({
        headers: {
          ':message-type': 'exception',
          ':exception-type': 'ResourceInUseException',
          ':content-type': contentType,
        },
        body: { message: text },
      });
    }),
  );
});

test('a changed byte is found', () => {
  const message = initialResponse(JSON_PAYLOADS);
  fc.assert(
    fc.property(fc.nat(message.length - 1), fc.integer({ min: 1, max: 255 }), (at, bits) => {
      const changed = Uint8Array.from(message);
      changed[at]! ^= bits;
      expect(() => codec.decode(changed)).toThrow();
    }),
  );
});
