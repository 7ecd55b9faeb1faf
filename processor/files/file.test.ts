import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULTS, silentObserver, virtualEffort } from '../fixture.ts';
import { createBucketLines } from '../objects/line-quarantine.ts';
import { openObject } from '../objects/object-body.ts';
import { type FileTally, loadFile } from './file.ts';
import { type BodyFault, fakeBucket, fakeObject, fakeTable, UNWANTED } from './fixture.ts';
import { createLineWriter } from './line-writer.ts';

/** One line of a file, as the oracle knows it. */
type Spec = ItemSpec | { readonly kind: 'malformed' | 'blank'; readonly text: string };

interface ItemSpec {
  readonly kind: 'summary' | 'reading';
  readonly name: number;
  readonly time: number;
  readonly points: number;
}

const TIMES = ['2026-01-01 00:00:00.000', '2026-01-01 00:01:00.000', '2026-01-01 00:01:00.001'] as const;

function itemOf(spec: Spec): Record<string, unknown> | undefined {
  if ('text' in spec) return undefined;
  const { kind, name, points } = spec;
  const Name = `unicorn ${name} 🦄`;
  const StatusTime = TIMES[spec.time]!;
  return kind === 'summary'
    ? {
        Name,
        StatusTime,
        Distance: 1800.5,
        MinMagicPoints: 0,
        MaxMagicPoints: 1,
        MinHealthPoints: -1,
        MaxHealthPoints: points,
        Readings: 60,
      }
    : {
        Name,
        StatusTime,
        Latitude: 40.75,
        Longitude: -73.99,
        Distance: 30.25,
        MagicPoints: 150,
        HealthPoints: points,
      };
}

function lineOf(spec: Spec): Buffer {
  if ('text' in spec) return Buffer.from(spec.text, 'latin1');
  return Buffer.from(JSON.stringify(itemOf(spec)));
}

const points = fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 20, max: 99 }) }, fc.constant(UNWANTED));
const spec: fc.Arbitrary<Spec> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('reading' as const),
      name: fc.nat(2),
      time: fc.nat(2),
      points,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('summary' as const), name: fc.nat(2), time: fc.nat(1), points }),
  },
  fc.record({
    kind: fc.constant('malformed' as const),
    text: fc.constantFrom(
      '{',
      'null',
      '{"Name":"\xff"}',
      '{}\xef\xbb\xbf',
      '{"Name":"Rocinante"}',
      '[{}]',
      'x y',
    ),
  }),
  fc.record({ kind: fc.constant('blank' as const), text: fc.constantFrom('', ' ', '\t ') }),
);

interface FileSpec {
  readonly lines: readonly Spec[];
  readonly end: '\n' | '\r\n';
  readonly mark: boolean;
  readonly lastEnds: boolean;
  /** Members of a gzip file; 0: plain. */
  readonly members: number;
  readonly pieces: readonly number[];
}

const file: fc.Arbitrary<FileSpec> = fc.record({
  lines: fc.array(spec, { minLength: 1, maxLength: 60 }),
  end: fc.constantFrom('\n', '\r\n'),
  mark: fc.boolean(),
  lastEnds: fc.boolean(),
  members: fc.nat(3),
  pieces: fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 5 }),
});

function contentOf({ lines, end, mark, lastEnds, members }: FileSpec): Buffer {
  const text = Buffer.concat([
    ...(mark ? [Buffer.from([0xef, 0xbb, 0xbf])] : []),
    ...lines.flatMap((line, n) => [lineOf(line), Buffer.from(n < lines.length - 1 || lastEnds ? end : '')]),
  ]);
  if (members === 0) return text;
  const size = Math.ceil(text.length / members) || 1;
  const parts = Array.from({ length: members }, (_, n) => gzipSync(text.subarray(n * size, (n + 1) * size)));
  return Buffer.concat(parts);
}

/** What the table holds at last: of each key the last summary that it takes, else the last such reading. */
function tableOf(lines: readonly Spec[], before: readonly Spec[]): Map<string, unknown> {
  const items = new Map<string, Record<string, unknown>>();
  for (const line of [...before, ...lines]) {
    const item = itemOf(line);
    if (item === undefined || ('points' in line && line.points === UNWANTED)) continue;
    const key = `${item.StatusTime} ${item.Name}`;
    if (line.kind === 'reading' && 'MinMagicPoints' in (items.get(key) ?? {})) continue;
    items.set(key, item);
  }
  return items;
}

/** Lines that must be in quarantine, and those that may be: unwanted ones that a later one of their key stands for. */
function refusedOf(lines: readonly Spec[]): { must: number[]; may: number[] } {
  const must: number[] = [];
  const may: number[] = [];
  for (const [at, line] of lines.entries()) {
    if (line.kind === 'malformed') must.push(at + 1);
    if (!('points' in line) || line.points !== UNWANTED) continue;
    const isSame = (other: Spec) =>
      other.kind === line.kind && 'points' in other && other.name === line.name && other.time === line.time;
    const later = lines.slice(at + 1).filter(isSame);
    const isWanted = later.some((other) => 'points' in other && other.points !== UNWANTED);
    (isWanted ? may : must).push(at + 1);
  }
  return { must, may };
}

const SOURCE = { bucket: 'uploads', key: 'a/b c.ndjson', etag: 'e1', eventTime: Date.UTC(2026, 0, 31, 12) };

interface World {
  readonly table: ReturnType<typeof fakeTable>;
  readonly bucket: ReturnType<typeof fakeBucket>;
  readonly effort: ReturnType<typeof virtualEffort>;
}

async function load(content: Buffer, world: World, faults: readonly BodyFault[], pieces: readonly number[]) {
  const { table, bucket, effort } = world;
  const { client } = fakeObject({ content, faults, pieces });
  const tally: FileTally = { lines: 0, stored: 0, outranked: 0, quarantined: 0, blank: 0 };
  const object = await openObject(client, SOURCE, effort);
  const open = createBucketLines({ client: bucket.client, bucket: 'q', functionName: 'f' });
  await loadFile(
    object,
    {
      write: createLineWriter({ client: table.client, tableName: 'table' }),
      quarantine: open(SOURCE, effort),
      tally,
      batchSize: { lines: 10, bytes: 3_000 },
    },
    effort,
  );
  return tally;
}

const delays = fc.array(fc.nat(5), { maxLength: 7 });
const before = fc.array(spec, { maxLength: 4 });
// Fewer than one request is sent again for: what is loaded is loaded to its end.
const faults = fc.array(fc.constantFrom(...FAULTS), { maxLength: 7 });
const bodyFaults = fc.array(
  fc.record({ after: fc.nat(3_000), how: fc.constantFrom('breaks' as const, 'ends' as const) }),
  { maxLength: 4 },
);

function expectOutcome(world: World, given: FileSpec, already: readonly Spec[]) {
  expect(world.table.items).toEqual(tableOf(given.lines, already));
  const { must, may } = refusedOf(given.lines);
  const entries = world.bucket.entries();
  const numbers = entries.map(({ line }) => line);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  expect(numbers).toEqual(expect.arrayContaining(must));
  expect(must.concat(may)).toEqual(expect.arrayContaining(numbers));
  for (const { line, payload, bytes, reason } of entries) {
    const stood = lineOf(given.lines[line - 1]!);
    expect(Buffer.from(payload, 'base64')).toEqual(stood);
    expect(bytes).toBe(stood.length);
    expect(reason).not.toBe('');
  }
}

function worldOf(
  slow: readonly number[],
  already: readonly Spec[],
  schedule: (typeof FAULTS)[number][] = [],
) {
  const effort = virtualEffort(600_000);
  const items = [...tableOf([], already).values()] as Record<string, unknown>[];
  return {
    effort,
    table: fakeTable({ effort, delays: slow, items, faults: schedule }),
    bucket: fakeBucket(effort, schedule),
  };
}

describe('table and quarantine are what the file says', () => {
  it('wherever it is cut, plain or gzip, whatever its requests meet on their way', async () => {
    await fc.assert(
      fc.asyncProperty(
        file,
        delays,
        before,
        faults,
        bodyFaults,
        async (given, slow, already, schedule, broken) => {
          const world = worldOf(slow, already, schedule);
          const tally = await load(contentOf(given), world, broken, given.pieces);
          expectOutcome(world, given, already);
          const { lines, stored, outranked, quarantined, blank } = tally;
          expect(stored + outranked + quarantined + blank).toBe(lines);
          expect(quarantined).toBe(world.bucket.entries().length);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('also when it is loaded twice at the same time, and once more', async () => {
    await fc.assert(
      fc.asyncProperty(file, delays, before, async (given, slow, already) => {
        const world = worldOf(slow, already);
        const content = contentOf(given);
        await Promise.all([1, 2].map(() => load(content, world, [], given.pieces)));
        const objects = new Map(world.bucket.objects);
        await load(content, world, [], [1_000]);
        expectOutcome(world, given, already);
        expect(world.bucket.objects).toEqual(objects);
      }),
      { numRuns: 60 },
    );
  });

  it('also when it was given up in the middle before', async () => {
    await fc.assert(
      fc.asyncProperty(file, delays, fc.nat(12), async (given, slow, fine) => {
        const schedule = [...Array(fine).fill('none'), ...Array(40).fill('throttled')];
        const world = worldOf(slow, [], schedule);
        await load(contentOf(given), world, [], given.pieces).catch((error: Error) => {
          expect(error.message).toMatch(/Throttl|not accepted/);
        });
        const calm = { ...worldOf(slow, []), bucket: fakeBucket(world.effort) };
        for (const [key, item] of world.table.items) calm.table.items.set(key, item);
        for (const [key, body] of world.bucket.objects) calm.bucket.objects.set(key, body);
        await load(contentOf(given), calm, [], given.pieces);
        expectOutcome(calm, given, []);
      }),
      { numRuns: 60 },
    );
  });
});

const reading = (n: number) =>
  `${JSON.stringify({ Name: `unicorn ${n}`, StatusTime: TIMES[2], Latitude: 0, Longitude: 0, Distance: 0, MagicPoints: 1, HealthPoints: 1 })}\n`;

async function* endless(count: { pulled: number }): AsyncGenerator<Buffer, void, undefined> {
  for (let n = 0; ; n++) {
    const piece = Buffer.from(Array.from({ length: 100 }, (_, at) => reading(n * 100 + at)).join(''));
    count.pulled += piece.length;
    yield piece;
  }
}

describe('memory', () => {
  it('holds no more than two batches while the table does not answer', async () => {
    const count = { pulled: 0 };
    let isAsked = 0;
    const refuse: (() => void)[] = [];
    const write = () =>
      new Promise<{ outcome: 'failed'; reason: string }[]>((resolve) => {
        isAsked++;
        refuse.push(() => resolve([{ outcome: 'failed', reason: 'too slow' }]));
      });
    const quarantine = createQuarantineOfNothing();
    const tally: FileTally = { lines: 0, stored: 0, outranked: 0, quarantined: 0, blank: 0 };
    const loading = loadFile(
      { pieces: endless(count), contentEncoding: '' },
      { write, quarantine, tally },
      virtualEffort(1_000),
    );
    const failure = expect(loading).rejects.toThrow('line 1: too slow');
    let before = -1;
    // Once nothing more is pulled in many turns of the event loop, nothing more will be.
    while (count.pulled !== before) {
      before = count.pulled;
      for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(isAsked).toBe(1);
    expect(count.pulled).toBeGreaterThan(1_000 * reading(1).length);
    expect(count.pulled).toBeLessThan(2_200 * reading(100_000).length);
    for (const each of refuse) each();
    await failure;
  });
});

function createQuarantineOfNothing() {
  return {
    add: async () => silentObserver.warn('none', {}),
    finish: async () => {},
  };
}
