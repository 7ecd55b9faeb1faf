import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Blobs, sliceExtents } from './blobs.ts';
import { Bucket } from './bucket.ts';
import type { StoredObject } from './object.ts';

let folder: string;
let blobs: Blobs;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wildrydes-s3-bucket-'));
  blobs = new Blobs(join(folder, 'blobs'), () => {});
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const UPLOAD = { initiated: 0, algorithm: 'CRC32', checksumType: 'COMPOSITE', chosen: false } as const;
const ATTRIBUTES = {
  headers: [],
  metadata: [],
  tags: [],
  storageClass: 'STANDARD',
  encryption: { algorithm: 'AES256' },
};

function object(key: string, etag: string): StoredObject {
  return { ...ATTRIBUTES, key, etag, size: 0, modified: 0, content: [], sequencer: etag };
}

const key = fc.constantFrom('a', 'b', 'a/b', '__proto__', '\u{1f984}\n');
const etag = fc.nat(99).map(String);
/** A change of a bucket, that tells itself when a counterexample is printed. */
const change = fc.oneof(
  fc.record({ do: fc.constant('put' as const), key, etag }),
  fc.record({ do: fc.constant('delete' as const), key }),
  fc.record({ do: fc.constant('begin' as const), id: etag, key }),
  fc.record({ do: fc.constant('part' as const), id: etag, number: fc.nat(3) }),
  fc.record({ do: fc.constant('complete' as const), id: etag, key, etag }),
  fc.record({ do: fc.constant('event' as const), key, etag }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function make(bucket: Bucket, one: Change): void {
  const isBegun = 'id' in one && bucket.upload(one.id) !== undefined;
  if (one.do === 'put') bucket.put(object(one.key, one.etag));
  if (one.do === 'delete') bucket.delete(one.key);
  if (one.do === 'begin') bucket.beginUpload({ ...ATTRIBUTES, ...UPLOAD, id: one.id, key: one.key });
  if (one.do === 'part' && isBegun)
    bucket.putPart(one.id, { number: one.number, size: 0, etag: '', checksum: '', modified: 0, content: [] });
  if (one.do === 'complete' && isBegun) bucket.completeUpload(one.id, object(one.key, one.etag), []);
  if (one.do === 'event')
    bucket.put(object(one.key, one.etag), [{ id: one.etag, functionArn: 'f', event: {} }]);
}

/** All that can be seen of a bucket. */
function seen(bucket: Bucket): unknown {
  return {
    objects: [...bucket.keys.from('')].map((one) => bucket.get(one)),
    uploads: bucket.uploads().map((upload) => [upload, bucket.parts(upload.id)]),
    events: bucket.pendingEvents(),
  };
}

describe('the journal of a bucket', () => {
  test('cut off at any byte, has all changes up to one of them', () => {
    let run = 0;
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), fc.nat(), (changes, cut) => {
        const own = join(folder, String(run++));
        mkdirSync(own);
        const open = () => new Bucket({ folder: own, blobs, log: () => {} });
        const bucket = open();
        const states = [seen(bucket)];
        for (const one of changes) {
          make(bucket, one);
          states.push(seen(bucket));
        }
        bucket.close();
        const whole = open();
        expect(seen(whole)).toEqual(states.at(-1));
        whole.close();
        const bytes = readFileSync(join(own, 'journal'));
        writeFileSync(join(own, 'journal'), bytes.subarray(0, cut % (bytes.length + 1)));
        const cutOff = open();
        expect(states).toContainEqual(seen(cutOff));
        make(cutOff, { do: 'put', key: 'a', etag: 'new' });
        const after = seen(cutOff);
        cutOff.close();
        const again = open();
        expect(seen(again)).toEqual(after);
        again.close();
      }),
      { numRuns: 60 },
    );
  });
});

test('a journal does not grow with what is overwritten', () => {
  const bucket = new Bucket({ folder, blobs, log: () => {} });
  for (let i = 0; i < 5000; i++) bucket.put(object('a', String(i)));
  bucket.close();
  expect(readFileSync(join(folder, 'journal'), 'utf8').split('\n').length).toBeLessThan(1100);
  const again = new Bucket({ folder, blobs, log: () => {} });
  expect(again.get('a')?.etag).toBe('4999');
  again.close();
});

describe('extents', () => {
  test('cut like the bytes that they stand for', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(sizes, fc.nat(30), fc.nat(30), (each, one, other) => {
        const extents = each.map((size, index) => ({ blob: String(index), from: 10, size }));
        const bytes = (all: typeof extents) =>
          all.flatMap(({ blob, from, size }) =>
            Array.from({ length: size }, (_, at) => `${blob}:${from + at}`),
          );
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        expect(bytes(sliceExtents(extents, from, to))).toEqual(bytes(extents).slice(from, to + 1));
      }),
    );
  });

  test('keep their blob until the last of them is released', async () => {
    const writer = await blobs.create();
    await writer.write(Buffer.from('magic'));
    const content = await writer.finish();
    blobs.retain(content);
    const reader = blobs.read(content);
    blobs.release(content);
    blobs.release(content);
    expect(String((await reader.next()).value)).toBe('magic');
    await reader.return?.();
    await blobs.close();
    await expect(blobs.read(content).next()).rejects.toThrow('ENOENT');
  });
});
