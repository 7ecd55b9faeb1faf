import { gzipSync } from 'node:zlib';
import type { PutObjectCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { virtualEffort } from '../../fixture.ts';
import { createBucketLines } from '../../objects/line-quarantine.ts';
import { createDocumentWriter } from '../bulk.ts';
import { connectedDouble } from '../testing/connected.ts';
import { SEARCH_FAULTS } from '../testing/double.ts';
import { indexObject } from './logic.ts';
import { type LogObject, type LogStore, objectsIn } from './objects.ts';

const INDEX = 'access-logs';

const { search, client } = await connectedDouble();

const line = (n: number) => `10.0.0.${n} - - [01/Jan/2026:00:00:00 +0000] "GET /${n} HTTP/1.1" 200 ${n}`;

/** One object, whose content may change at any time. */
function bucketOf(content: { text: string; zipped?: boolean } | undefined, onRead: () => void = () => {}) {
  const holder = { content };
  const store: LogStore = {
    async open() {
      if (holder.content === undefined) return undefined;
      const { text, zipped = false } = holder.content;
      const pieces = (async function* () {
        yield zipped ? gzipSync(text) : Buffer.from(text);
        onRead();
      })();
      return { etag: text, pieces, contentEncoding: '' };
    },
    etag: async () => holder.content?.text,
  };
  return { holder, store };
}

const object = (version: number): LogObject => ({
  bucket: 'uploads',
  key: 'a b/access.log',
  version: BigInt(version),
  arrival: Date.UTC(2026, 0, 1),
});

function setUp(store: LogStore) {
  const quarantined = new Map<string, string>();
  const quarantine = createBucketLines({
    client: {
      async send({ input }: PutObjectCommand) {
        quarantined.set(input.Key!, String(input.Body));
        return { $metadata: {} };
      },
    },
    bucket: 'wildrydes-quarantine',
    functionName: 'WildRydesLogIndexer',
  });
  const write = createDocumentWriter({ client, refresh: 'false' });
  const options = { store, client, write, quarantine, index: INDEX, refresh: true };
  return {
    quarantined,
    index: (version: number, effort = virtualEffort(60_000)) => indexObject(object(version), options, effort),
  };
}

const paths = () => [...search.store.documents(INDEX).values()].map(({ Line, Path }) => [Line, Path]);

describe('the log indexer', () => {
  it.each([false, true])('indexes every line under its number (gzip: %s)', async (zipped) => {
    const { index } = setUp(bucketOf({ text: `${line(1)}\n\n${line(3)}\n`, zipped }).store);
    expect(await index(7)).toEqual({ lines: 2, quarantined: 0 });
    expect([...search.store.documents(INDEX)]).toMatchObject([
      [
        expect.stringMatching(/^[0-9a-f]{64}-1$/),
        { Object: 'uploads/a b/access.log', Line: 1, Version: '7', Path: '/1' },
      ],
      [expect.stringMatching(/^[0-9a-f]{64}-3$/), { Line: 3, Time: '2026-01-01T00:00:00.000Z', Bytes: 3 }],
    ]);
  });

  it('quarantines bad lines with their numbers, once however often, and indexes the others', async () => {
    const { quarantined, index } = setUp(bucketOf({ text: `${line(1)}\nnonsense\n${line(3)}\n` }).store);
    await index(7);
    expect(await index(7)).toEqual({ lines: 3, quarantined: 1 });
    expect(paths()).toEqual([
      [1, '/1'],
      [3, '/3'],
    ]);
    const [[key, body]] = [...quarantined] as [[string, string]];
    expect(quarantined.size).toBe(1);
    expect(key).toEqual(
      expect.stringMatching(
        /^quarantine\/2026\/01\/01\/00\/WildRydesLogIndexer\/uploads\/a%20b%2Faccess\.log-.*-00000\.ndjson$/,
      ),
    );
    expect(JSON.parse(body)).toEqual({
      bucket: 'uploads',
      key: 'a b/access.log',
      etag: `${line(1)}\nnonsense\n${line(3)}\n`,
      bytes: 8,
      line: 2,
      reason: expect.stringContaining('common or the combined'),
      payload: Buffer.from('nonsense').toString('base64'),
    });
  });

  it('indexes what a damaged file still holds, and keeps a word of the rest', async () => {
    const whole = gzipSync(Array.from({ length: 400 }, (_, n) => line(n)).join('\n'));
    const { holder, store } = bucketOf({ text: '' });
    const { quarantined, index } = setUp({
      ...store,
      open: async () => ({
        etag: 'e',
        contentEncoding: 'gzip',
        pieces: (async function* () {
          yield Buffer.from(whole.subarray(0, -9));
        })(),
      }),
    });
    holder.content = { text: 'e' };
    const { lines = 0, quarantined: told } = (await index(7)) ?? {};
    expect(lines).toBeGreaterThan(100);
    expect(told).toBe(1);
    expect([...quarantined.values()].join()).toContain('the rest of the file is lost');
    expect(paths()).toHaveLength(lines);
  });

  it('replaces the documents of an object that is overwritten', async () => {
    const { holder, store } = bucketOf({ text: [1, 2, 3].map(line).join('\n') });
    const { index } = setUp(store);
    await index(7);
    holder.content = { text: line(9) };
    await index(8);
    expect(paths()).toEqual([[1, '/9']]);
    // The event of the first one comes once more.
    await index(7);
    expect(paths()).toEqual([[1, '/9']]);
  });

  it('leaves nothing behind of an object that was replaced while it was read', async () => {
    const { holder, store } = bucketOf({ text: [1, 2, 3].map(line).join('\n') }, () => {
      holder.content = { text: line(9) };
    });
    const { index } = setUp(store);
    await index(7);
    await index(8);
    expect(paths()).toEqual([[1, '/9']]);
    // The other way round: the new one was indexed while the first one was still being read.
    search.store.indices.clear();
    holder.content = { text: line(9) };
    await index(8);
    holder.content = { text: [1, 2, 3].map(line).join('\n') };
    await index(7);
    expect(paths()).toEqual([[1, '/9']]);
  });

  it('is done with an object that is gone', async () => {
    expect(await setUp(bucketOf(undefined).store).index(7)).toBeUndefined();
  });

  it('fails when the cluster takes nothing for now, so that the event comes again', async () => {
    search.faults.push(...Array<'throttled'>(8).fill('throttled'));
    await expect(setUp(bucketOf({ text: line(1) }).store).index(7)).rejects.toThrow('status 429');
  });

  it('comes to what the object is, whatever goes wrong, and however often and late events come', async () => {
    const lines = fc.array(fc.option(fc.nat({ max: 9 })), { maxLength: 5 });
    const plan = fc.record({
      contents: fc.array(lines, { minLength: 1, maxLength: 3 }),
      late: fc.array(fc.nat({ max: 2 }), { maxLength: 4 }),
      faults: fc.array(fc.constantFrom(...SEARCH_FAULTS), { maxLength: 10 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ contents, late, faults }) => {
        search.store.indices.clear();
        search.faults.splice(0, search.faults.length, ...faults);
        const { holder, store } = bucketOf(undefined);
        const { index } = setUp(store);
        const deliver = async (version: number) => {
          for (let delivery = 0; delivery < 20; delivery++) {
            try {
              await index(version);
              return;
            } catch {
              // Lambda invokes it again.
            }
          }
        };
        for (const [at, content] of contents.entries()) {
          holder.content = { text: content.map((n) => (n === null ? 'nonsense' : line(n))).join('\n') };
          await deliver(at + 1);
        }
        for (const version of late) await deliver((version % contents.length) + 1);
        const expected = contents
          .at(-1)!
          .flatMap((n, at) => (n === null ? [] : [[at + 1, `/${n}`] as const]));
        expect(new Map(paths() as [number, string][])).toEqual(new Map(expected));
      }),
      { numRuns: 50 },
    );
  });
});

describe('the event of a bucket', () => {
  const record = (key: string, more: object = {}, eventName = 'ObjectCreated:Put') => ({
    eventName,
    eventTime: '2026-01-31T12:00:00.000Z',
    s3: { bucket: { name: 'b' }, object: { key, ...more } },
  });

  it('names objects as they are called, and when they were put', () => {
    const records = [
      record('a+b/%F0%9F%A6%84.log', { sequencer: '00' }),
      record('x.log', {}, 'ObjectRemoved:Delete'),
    ];
    expect(objectsIn({ Records: records } as never)).toEqual([
      { bucket: 'b', key: 'a b/🦄.log', version: 1n, arrival: Date.UTC(2026, 0, 31, 12) },
    ]);
  });

  it('gives a version without a sequencer, too', () => {
    const [first, second] = ['2026-01-31T12:00:00.000Z', '2026-01-31T12:00:00.001Z'].map(
      (eventTime) => objectsIn({ Records: [{ ...record('a'), eventTime }] } as never)[0]!.version,
    );
    expect(first! < second!).toBe(true);
  });

  it.each([{}, { Records: [{}] }, { Records: [{ s3: {} }] }])('is not %j', (event) => {
    expect(() => objectsIn(event as never)).toThrow(/must be one that S3 sends/);
  });
});
