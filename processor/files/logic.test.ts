import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { WildRydesError } from '../../telemetry/errors.ts';
import { type Fault, virtualEffort } from '../fixture.ts';
import { createBucketLines, createLoggedLines, partKey } from '../objects/line-quarantine.ts';
import { LONGEST_LINE } from '../objects/lines.ts';
import type { Observer } from '../observer.ts';
import { fakeBucket, fakeObject, fakeTable, type ObjectOptions, UNWANTED } from './fixture.ts';
import { createLineWriter } from './line-writer.ts';
import { loadUploads } from './logic.ts';

const UPLOAD = {
  sequencer: undefined,
  bucket: 'uploads',
  key: 'rides/a b.ndjson',
  etag: 'e1',
  eventTime: Date.UTC(2026, 0, 31, 12, 59),
};

const reading = (n: number, changes: object = {}) =>
  `${JSON.stringify({
    Name: `unicorn ${n}`,
    StatusTime: '2026-01-01 00:00:00.001',
    Latitude: 0,
    Longitude: 0,
    Distance: 0,
    MagicPoints: 1,
    HealthPoints: 1,
    ...changes,
  })}\n`;

interface Options extends Partial<ObjectOptions> {
  readonly tableFaults?: readonly Fault[];
  readonly bucketFaults?: readonly Fault[];
  readonly logged?: boolean;
  readonly budget?: number;
}

function world(content: string | Buffer, options: Options = {}) {
  const effort = virtualEffort(options.budget ?? 600_000);
  const object = fakeObject({ content: Buffer.from(content), ...options });
  const table = fakeTable({ effort, faults: options.tableFaults ?? [] });
  const bucket = fakeBucket(effort, options.bucketFaults);
  const told: [string, object][] = [];
  const counts: Record<string, number> = {};
  const tell = (message: string, details: object) => void told.push([message, details]);
  const observer: Observer = {
    info: tell,
    warn: tell,
    error: tell,
    count: (metric, value) => {
      counts[metric] = (counts[metric] ?? 0) + value;
    },
  };
  let clock = 0;
  const load = (uploads = [UPLOAD]) =>
    loadUploads(
      uploads,
      {
        client: object.client,
        write: createLineWriter({ client: table.client, tableName: 'table' }),
        quarantine: options.logged
          ? createLoggedLines(observer)
          : createBucketLines({ client: bucket.client, bucket: 'q', functionName: 'f' }),
        quarantineBucket: 'q',
        observer,
        now: () => (clock += 5),
      },
      effort,
    );
  return { object, table, bucket, told, counts, load };
}

describe('a file that is loaded', () => {
  it('is told with where all of its lines are', async () => {
    const content = `${reading(1)}not JSON\n\n${reading(2)}${reading(3, { HealthPoints: UNWANTED })}`;
    const { load, told, counts, bucket, table } = world(content);
    await load();
    const bytes = content.length;
    expect(told).toEqual([
      [
        'loaded a file',
        {
          bucket: 'uploads',
          key: 'rides/a b.ndjson',
          etag: 'e1',
          bytes,
          lines: 5,
          stored: 2,
          outranked: 0,
          quarantined: 2,
          blank: 1,
          milliseconds: 5,
        },
      ],
    ]);
    expect(counts).toEqual({ Files: 1, Bytes: bytes, Lines: 5, Stored: 2, Quarantined: 2 });
    expect(table.items.size).toBe(2);
    expect([...bucket.objects.keys()]).toEqual([
      'quarantine/2026/01/31/12/f/uploads/rides%2Fa%20b.ndjson-e1-00000.ndjson',
    ]);
    expect(bucket.entries()).toEqual([
      {
        bucket: 'uploads',
        key: 'rides/a b.ndjson',
        etag: 'e1',
        line: 2,
        reason: expect.any(String),
        payload: Buffer.from('not JSON').toString('base64'),
        bytes: 8,
      },
      expect.objectContaining({ line: 5, reason: expect.stringContaining('the table refused it') }),
    ]);
  });

  it.each(['', '\n', '\xef\xbb\xbf'])('may be empty: %j', async (content) => {
    const { load, table, bucket } = world(Buffer.from(content, 'latin1'));
    await load();
    expect([table.requests(), bucket.requests()]).toEqual([0, 0]);
  });

  it('is gzip or plain by its first bytes, whatever is said of it', async () => {
    for (const [content, contentEncoding] of [
      [reading(1), 'gzip'],
      [gzipSync(reading(1)), undefined],
      [gzipSync(reading(1)), 'gzip'],
      [reading(1), 'aws-chunked'],
    ] as const) {
      const { load, table, bucket } = world(content, { contentEncoding, pieces: [1] } as Options);
      await load();
      expect(table.items.size).toBe(1);
      expect(bucket.objects.size).toBe(0);
    }
  });

  it('is refused whole, once, in an encoding that nobody here reads', async () => {
    const { load, table, bucket, counts } = world('a\nb\nc\n', { contentEncoding: 'br' });
    await load();
    expect(table.requests()).toBe(0);
    expect(bucket.entries()).toMatchObject([
      { line: 1, reason: expect.stringContaining('Content-Encoding br'), bytes: 0 },
    ]);
    expect(counts.Lines).toBe(1);
  });

  it('has a line that is too long in quarantine, by its beginning', async () => {
    const long = 2 * LONGEST_LINE;
    const { load, table, bucket } = world(`${reading(1)}${'x'.repeat(long)}\n${reading(2)}`);
    await load();
    expect(table.items.size).toBe(2);
    const [entry, ...more] = bucket.entries();
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ line: 2, bytes: long, reason: expect.stringContaining(`(given ${long})`) });
    expect(entry!.payload === Buffer.alloc(512 * 1024, 'x').toString('base64')).toBe(true);
  });
});

describe('a damaged gzip file', () => {
  const text = `bad\n${reading(1)}${reading(2)}{"Name"`;

  it('is loaded as far as it goes, and its damage is one entry with the line reached', async () => {
    const content = gzipSync(text);
    content[content.length - 8]! ^= 1;
    const { load, table, bucket, counts } = world(content);
    await load();
    expect(table.items.size).toBe(2);
    expect(bucket.entries()).toMatchObject([
      { line: 1, reason: expect.stringContaining('JSON') },
      {
        line: 4,
        reason: 'the rest of the file is lost: the checksum does not match what was unpacked',
        payload: Buffer.from('{"Name"').toString('base64'),
        bytes: 7,
      },
    ]);
    expect(counts).toMatchObject({ Lines: 4, Stored: 2, Quarantined: 2, Files: 1 });
  });

  it('loses no more than what follows the damage', async () => {
    for (const garbage of ['garbage', '\0\0garbage', '\x1f\x8b\x08']) {
      const content = Buffer.concat([
        gzipSync(reading(1)),
        gzipSync(reading(2)),
        Buffer.from(garbage, 'latin1'),
      ]);
      const { load, table, bucket } = world(content, { pieces: [9] });
      await load();
      expect(table.items.size).toBe(2);
      expect(bucket.entries()).toMatchObject([{ line: 3, payload: '', bytes: 0 }]);
    }
  });
});

describe('refused lines', () => {
  const bad = (count: number) => Array.from({ length: count }, (_, n) => `bad ${n}\n`).join('');

  it('are kept in objects of bounded size, while the file is read', async () => {
    const { load, bucket } = world(bad(2_500));
    await load();
    expect([...bucket.objects.keys()].map((key) => key.slice(-13))).toEqual([
      '-00000.ndjson',
      '-00001.ndjson',
      '-00002.ndjson',
    ]);
    expect(bucket.entries().map(({ line }) => line)).toEqual(Array.from({ length: 2_500 }, (_, n) => n + 1));

    const large = world(`${'x'.repeat(LONGEST_LINE)}\n`.repeat(13));
    await large.load();
    expect(large.bucket.objects.size).toBe(3);
    for (const body of large.bucket.objects.values()) expect(body.length).toBeLessThan(5 * 1024 * 1024);
  });

  it('are named in the log when there is no bucket, ten of a file, and never their payload', async () => {
    const { load, told, counts } = world(bad(25), { logged: true });
    await load();
    expect(told.map(([message]) => message)).toEqual([
      ...Array(10).fill('refused a line'),
      'refused more lines',
      'loaded a file',
    ]);
    expect(told[0]![1]).toEqual({
      bucket: 'uploads',
      key: 'rides/a b.ndjson',
      etag: 'e1',
      line: 1,
      bytes: 5,
      reason: expect.any(String),
    });
    expect(told[10]![1]).toMatchObject({ lines: 15 });
    expect(counts.Quarantined).toBe(25);
  });

  it('have keys that differ with the file, however long its name is', () => {
    const source = { ...UPLOAD, etag: 'e1' };
    const long = '🦄'.repeat(256);
    const keys = [long, `${long.slice(2)}🐎`].map((key) => partKey('f', { ...source, key }, 0));
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(Buffer.byteLength(key)).toBeLessThan(1_024);
    expect(partKey('f', { ...source, key: '../x', eventTime: Number.NaN }, 7)).toBe(
      'quarantine/1970/01/01/00/f/uploads/..%2Fx-e1-00007.ndjson',
    );
  });

  it('that cannot be kept fail the file, so that it comes again', async () => {
    const { load, told } = world(bad(1), { bucketFaults: Array(8).fill('broken') });
    await expect(load()).rejects.toThrow(/could not be loaded now.*InternalServerError/);
    expect(told).toEqual([]);
  });
});

describe('a file that cannot be loaded now', () => {
  it('fails with the lines that are done', async () => {
    const lines = Array.from({ length: 1_500 }, (_, n) => reading(n)).join('');
    const { load, counts } = world(lines, {
      tableFaults: [...Array(40).fill('none'), ...Array(999).fill('throttled')],
    });
    const error = await load().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WildRydesError);
    expect((error as WildRydesError).message).toMatch(
      /^uploads\/rides\/a b.ndjson could not be loaded now, 1000 lines of it are done: Error: line 1001: not written: Throttling/,
    );
    expect((error as WildRydesError).next).toContain('Lambda sends the event again');
    expect(counts).toEqual({ Lines: 1_000, Stored: 1_000, Quarantined: 0 });
  });

  it('stops before the deadline', async () => {
    const { load } = world(reading(1), { budget: 0 });
    await expect(load()).rejects.toThrow('no time left before the deadline');
  });

  it('keeps no other of the event back', async () => {
    const { load, table, told } = world(reading(1), { bucketFaults: [] });
    const gone = { ...UPLOAD, etag: 'older' };
    await load([gone, UPLOAD]);
    expect(table.items.size).toBe(1);
    expect(told.map(([message]) => message)).toEqual(['left a file', 'loaded a file']);
  });
});

it('tells of a file that is gone, and asks for nothing more', async () => {
  const { load, object, told, counts } = world(reading(1));
  object.remove();
  await load();
  expect(told).toMatchObject([['left a file', { reason: 'the object is gone', lines: 0 }]]);
  expect(counts).toEqual({ Lines: 0, Stored: 0, Quarantined: 0 });
});

it('brings to its end what was read of a file that was replaced meanwhile', async () => {
  const content = `bad\n${reading(1)}${reading(2)}`;
  const after = content.length - 10;
  const { load, told, table, bucket } = world(content, {
    faults: [{ after, how: 'breaks' }],
    replacedBefore: 1,
  });
  await load();
  expect(table.items.size).toBe(1);
  expect(bucket.entries()).toMatchObject([{ line: 1 }]);
  expect(told).toMatchObject([['left a file', { reason: 'the object was replaced by another', lines: 2 }]]);
});

it('never loads what it has put into quarantine itself', async () => {
  const { load, told, object } = world('bad\n');
  await load([{ ...UPLOAD, bucket: 'q', key: 'quarantine/2026/01/31/12/f/q/a-e1-00000.ndjson' }]);
  expect(object.asked).toEqual([]);
  expect(told).toMatchObject([['left a file', { reason: 'it holds refused lines' }]]);
});
