import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DamagedGzip, gunzip, isGzip } from './gzip.ts';

const TEXT = Buffer.from(
  Array.from({ length: 600 }, (_, n) => `line ${n} ${(n * 7_919) % 10_007}\n`).join(''),
);

async function* inPieces(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

/** What comes out of it, and what it ends with. */
async function unpack(content: Buffer, size = 1_000) {
  const pieces: Buffer[] = [];
  let error: unknown;
  try {
    for await (const piece of gunzip(inPieces(content, size))) pieces.push(piece);
  } catch (thrown) {
    error = thrown;
  }
  return { text: Buffer.concat(pieces), error };
}

/** A member whose header says all that a header can say. */
function memberOf(content: Buffer): Buffer {
  const plain = gzipSync(content);
  const flags = 1 | 2 | 4 | 8 | 16;
  const extra = Buffer.from([3, 0, 1, 0, 2]);
  return Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3]),
    extra,
    Buffer.from('name.ndjson\0a comment\0'),
    Buffer.from([9, 9]),
    deflateRawSync(content),
    plain.subarray(-8),
  ]);
}

describe('a gzip file', () => {
  it('is read wherever it is cut, however many members it has, and with zeros behind it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 50 }),
        fc.nat(20),
        async (members, size, zeros) => {
          const content = Buffer.concat([
            ...members.map((each, n) => (n % 2 === 0 ? gzipSync(each) : memberOf(Buffer.from(each)))),
            Buffer.alloc(zeros),
          ]);
          expect(await unpack(content, size)).toEqual({ text: Buffer.concat(members), error: undefined });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is told by its first bytes', () => {
    expect(isGzip(gzipSync('x'))).toBe(true);
    for (const bytes of ['', '\x1f', '{"Name"', '\x1f\x8c']) {
      expect(isGzip(Buffer.from(bytes, 'latin1'))).toBe(false);
    }
  });
});

describe('of a damaged gzip file', () => {
  it('that ends early, everything is read that can be, and then the end is told', async () => {
    const whole = gzipSync(TEXT);
    const sizes = fc.integer({ min: 20, max: whole.length });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: whole.length - 1 }), sizes, async (length, size) => {
        const { text, error } = await unpack(whole.subarray(0, length), size);
        expect(error).toEqual(new DamagedGzip('the file ends too early'));
        expect(TEXT.subarray(0, text.length)).toEqual(text);
        // Only what stands in the last bits may be missing.
        if (length >= whole.length - 8) expect(text).toEqual(TEXT);
        if (length > whole.length / 2) expect(text.length).toBeGreaterThan(TEXT.length / 4);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['checksum', -8, 'the checksum does not match'],
    ['length', -4, 'the length does not match'],
  ])('whose %s is wrong, everything is read', async (_, at, message) => {
    const content = gzipSync(TEXT);
    content[content.length + at]! ^= 1;
    const { text, error } = await unpack(content);
    expect(text).toEqual(TEXT);
    expect(error).toBeInstanceOf(DamagedGzip);
    expect((error as Error).message).toContain(message);
  });

  it.each([
    ['other bytes', Buffer.from('not gzip at all'), 'what follows a member is not gzip'],
    ['half a header', Buffer.from([0x1f, 0x8b, 8]), 'the file ends too early'],
    [
      'another method',
      Buffer.concat([Buffer.from([0x1f, 0x8b, 7]), Buffer.alloc(20)]),
      'the header is not readable',
    ],
    [
      'a flag that is none',
      Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0x80]), Buffer.alloc(20)]),
      'not readable',
    ],
    [
      'a name without an end',
      Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 0]), Buffer.alloc(70_000, 'x')]),
      'the header is not readable',
    ],
  ])('that has %s behind its member, the member is read', async (_, garbage, message) => {
    for (const size of [70, 1_000_000]) {
      const { text, error } = await unpack(Buffer.concat([gzipSync(TEXT), garbage]), size);
      expect(text).toEqual(TEXT);
      expect(error).toBeInstanceOf(DamagedGzip);
      expect((error as Error).message).toContain(message);
    }
  });

  it('whose content is damaged, nothing is made up', async () => {
    const whole = gzipSync(TEXT);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 10, max: whole.length - 1 }), fc.nat(7), async (at, bit) => {
        const content = Buffer.from(whole);
        content[at]! ^= 1 << bit;
        const { text, error } = await unpack(content);
        // The last bits before the trailer may stand for nothing.
        if (error === undefined) expect(text).toEqual(TEXT);
        else expect(error).toBeInstanceOf(DamagedGzip);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the source', () => {
  it('fails as it fails, and is no damage', async () => {
    const broken = async function* () {
      yield gzipSync(TEXT).subarray(0, 500);
      throw new Error('connection lost');
    };
    const reading = async () => {
      for await (const _ of gunzip(broken())) void _;
    };
    await expect(reading()).rejects.toThrow('connection lost');
  });

  it('is closed when nobody wants more of it', async () => {
    let isClosed = false;
    const content = gzipSync(Buffer.alloc(1_000_000, 'abc'), { level: 0 });
    const source = async function* () {
      try {
        yield* inPieces(content, 1_000);
      } finally {
        isClosed = true;
      }
    };
    for await (const _ of gunzip(source())) break;
    expect(isClosed).toBe(true);
  });
});
