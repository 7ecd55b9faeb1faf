import type { ApiResponse } from '../gateway/service.ts';

/**
 * The answer to a client that speaks CBOR, as the AWS SDK for Java does unless told otherwise: an error that it can
 * read, in CBOR itself.
 * Source: https://www.rfc-editor.org/rfc/rfc8949 (a map of text strings)
 */
export function refuseCbor(): ApiResponse {
  const map = Buffer.from([0xa2]);
  const body = Buffer.concat([map, ...['__type', TYPE, 'message', MESSAGE].map(text)]);
  return { status: 400, headers: { 'content-type': 'application/x-amz-cbor-1.1' }, body };
}

const TYPE = 'SerializationException';
const MESSAGE =
  'The local Kinesis speaks JSON, not CBOR: set AWS_CBOR_DISABLE=true in the environment, or ' +
  '-Daws.cborEnabled=false for Java, and try again.';

function text(content: string): Buffer {
  const bytes = Buffer.from(content, 'utf8');
  const head = bytes.length < 24 ? [0x60 + bytes.length] : [0x79, bytes.length >> 8, bytes.length & 255];
  return Buffer.concat([Buffer.from(head), bytes]);
}
