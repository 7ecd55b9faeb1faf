import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { S3Error } from '../errors.ts';
import { AwsChunkedDecoder } from './aws-chunked.ts';

function encode(
  chunks: readonly Uint8Array[],
  signed: boolean,
  trailers: Readonly<Record<string, string>>,
): Buffer {
  const signature = signed ? `;chunk-signature=${'0'.repeat(64)}` : '';
  const pieces = chunks.flatMap((chunk) => [
    Buffer.from(`${chunk.length.toString(16)}${signature}\r\n`),
    chunk,
    Buffer.from('\r\n'),
  ]);
  const tail = Object.entries(trailers).map(([name, value]) => `${name}:${value}\r\n`);
  return Buffer.concat([...pieces, Buffer.from(`0${signature}\r\n${tail.join('')}\r\n`)]);
}

/** Feeds bytes cut at the given places. */
function decode(bytes: Buffer, cuts: readonly number[]): { content: Buffer; trailers: object } {
  const decoder = new AwsChunkedDecoder();
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const content = places.slice(1).flatMap((to, index) => decoder.push(bytes.subarray(places[index], to)));
  decoder.end();
  return { content: Buffer.concat(content), trailers: Object.fromEntries(decoder.trailers) };
}

function codeOf(bytes: string | Buffer): string {
  try {
    decode(Buffer.from(bytes), []);
  } catch (error) {
    if (error instanceof S3Error) return error.type;
    throw error;
  }
  return 'none';
}

describe('the aws-chunked decoder', () => {
  test('gives what was encoded, however it is cut', () => {
    const large = fc.uint8Array({ minLength: 0, maxLength: 40 }).map((seed) => {
      const chunk = new Uint8Array(8192 + seed.length);
      chunk.set(seed);
      return chunk;
    });
    fc.assert(
      fc.property(
        fc.array(large, { maxLength: 3 }),
        fc.uint8Array({ minLength: 1, maxLength: 100 }),
        fc.boolean(),
        fc.array(fc.nat(), { maxLength: 30 }),
        (chunks, last, signed, cuts) => {
          const all = [...chunks, last];
          const trailers = signed ? {} : { 'x-amz-checksum-crc32': 'AAAAAA==' };
          const decoded = decode(encode(all, signed, trailers), cuts);
          expect(decoded.content.equals(Buffer.concat(all))).toBe(true);
          expect(decoded.trailers).toEqual(trailers);
        },
      ),
    );
  });

  test('gives the same byte by byte, with several trailers', () => {
    const trailers = { 'x-amz-checksum-sha256': 'abc=', 'x-amz-trailer-signature': 'ff' };
    const bytes = encode([Buffer.from('magic')], true, trailers);
    const cuts = Array.from({ length: bytes.length }, (_, at) => at);
    expect(decode(bytes, cuts)).toEqual({ content: Buffer.from('magic'), trailers });
  });

  test('notices every place at which a body may have been cut off', () => {
    const bytes = encode([Buffer.from('magic')], false, { 'x-amz-checksum-crc32': 'AAAAAA==' });
    const endOfLastChunk = bytes.indexOf('\r\n0\r\n') + 5;
    for (let end = 0; end < endOfLastChunk; end++) {
      expect([end, codeOf(bytes.subarray(0, end))]).toEqual([end, 'IncompleteBody']);
    }
  });

  test.each([
    ['magic', 'IncompleteBody'],
    ['magic\r\n', 'InvalidRequest'],
    ['5\nmagic', 'InvalidRequest'],
    ['5\r\nmagical\r\n', 'InvalidRequest'],
    ['-5\r\nmagic\r\n0\r\n\r\n', 'InvalidRequest'],
    ['0x5\r\nmagic\r\n0\r\n\r\n', 'InvalidRequest'],
    ['0\r\nno colon\r\n\r\n', 'InvalidRequest'],
    ['0\r\n\r\nmore\r\n', 'InvalidRequest'],
    ['5\r\nmagic\r\n5\r\nmagic\r\n0\r\n\r\n', 'InvalidChunkSizeError'],
    ['f'.repeat(20_000), 'InvalidRequest'],
  ])('refuses %.30j', (body, code) => {
    expect(codeOf(body)).toBe(code);
  });
});
