import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { CreateBucketCommand, DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { archive, putObject, readingOf } from '../../infra/archive/fixture.ts';
import { type Cloud, startCloud } from '../../infra/local/cloud.ts';
import { createControlClient } from '../../infra/local/control/client.ts';
import { atLocalPort, clientConfig } from '../../infra/target.ts';
import { systemClock } from '../../telemetry/clock.ts';
import type { Reading } from '../../telemetry/reading.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { BUCKETS } from '../../telemetry/topology.ts';
import { temporaryFolder, wildrydes } from '../../test/kit.ts';
import { parse } from '../parser.ts';

const Bucket = BUCKETS.archive;
const NINE = '2026-05-01T09:00:00Z';
const TEN = '2026-05-01T10:00:00Z';
const NOON = '2026-05-02T12:00:00Z';

/** Two unicorns, a reading a second, from a moment on. */
function rides(from: string, seconds: number): Reading[] {
  return Array.from({ length: seconds }, (_, second) => {
    const StatusTime = formatStatusTime(Date.parse(from) + second * 1000);
    return ['Rocinante', "O'Neill 🦄"].map((Name, at) =>
      readingOf({
        ...{ Name, StatusTime },
        Latitude: 40 + second / 1000,
        Distance: 29.000001 + at + second / 10,
        MagicPoints: 110 - second,
        HealthPoints: 150 - second,
      }),
    );
  }).flat();
}

let cloud: Cloud;
let s3: S3Client;

/** Runs the command in this process, which is faster, and resolves to what it prints. */
async function query(...args: string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const printed = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      printed[stream] += String(text);
      return true;
    }),
  );
  try {
    await parse(['query', '--port', String(cloud.port), ...args], 80);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return printed;
}

/** The same as a person would. */
const run = (env: Record<string, string>, ...args: string[]) =>
  wildrydes(['query', '--port', String(cloud.port), ...args], env).finished;

const rowsOf = (stdout: string) =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

beforeAll(async () => {
  cloud = await startCloud({ port: 0, data: null, kept: false, clock: systemClock });
  s3 = new S3Client({ ...clientConfig(atLocalPort(cloud.port, undefined)), forcePathStyle: true });
});
afterAll(async () => {
  s3?.destroy();
  await cloud?.close();
});

describe('without an archive', () => {
  test('no bucket: 3, and where it comes from', async () => {
    const { status, stderr } = await run({}, '--archive', 'SELECT 1');
    expect(status).toBe(3);
    expect(stderr).toContain(`there is no archive at http://127.0.0.1:${cloud.port}`);
    expect(stderr).toContain(`./wildrydes start --port ${cloud.port}`);
  });

  test('nothing in it: 3, and what to do', async () => {
    await s3.send(new CreateBucketCommand({ Bucket }));
    await expect(query('--archive', 'SELECT 1')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: `there is nothing in the archive wildrydes-archive at ${cloud.endpoint} yet`,
      next: expect.stringContaining(`./producer --port ${cloud.port}`),
    });
    await s3.send(new DeleteBucketCommand({ Bucket }));
  });
});

describe('of an archive', () => {
  const atNine = rides(NINE, 20);
  const atTen = rides(TEN, 5);
  const atNoon = rides(NOON, 3);

  beforeAll(async () => {
    await s3.send(new CreateBucketCommand({ Bucket }));
    await archive(s3, NINE, 'one', atNine);
    await archive(s3, NINE, 'again', [...atNine.slice(0, 7), '{bad', '["no reading"]']);
    await archive(s3, TEN, 'one', atTen);
    await archive(s3, NOON, 'one', atNoon);
    await putObject(s3, 'failed/processing-failed/2026/05/01/09/x.gz', gzipSync('{"rawData":""}\n'));
  });

  test('SQL, as NDJSON; lines that are none are told and break nothing; nothing is left behind', async () => {
    const TMPDIR = temporaryFolder();
    const sql = 'SELECT Name, COUNT(DISTINCT StatusTime) AS n FROM readings GROUP BY Name ORDER BY Name';
    const { status, stdout, stderr } = await run({ TMPDIR }, '--archive', sql, '--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'left out: 2 lines that are no readings\n' });
    expect(rowsOf(stdout)).toEqual([
      { Name: "O'Neill 🦄", n: 28 },
      { Name: 'Rocinante', n: 28 },
    ]);
    expect(readdirSync(TMPDIR)).toEqual([]);
  });

  test('for a person: a table, whose text cannot drive the terminal', async () => {
    const sql = "SELECT 'a' || chr(27) || 'b' AS odd, COUNT(*) AS readings, NULL AS nothing FROM readings";
    const { stdout } = await query('--archive', sql);
    expect(stdout).toBe(' odd      readings nothing\n a\\u001bb       63\n');
  });

  test('an empty answer has its headings, and is no failure', async () => {
    const { stdout } = await query('--archive', "SELECT Name FROM readings WHERE Name = 'Nobody'");
    expect(stdout).toBe(' Name\n');
  });

  test('--saved positions: those of one unicorn, each once, in order', async () => {
    const { stdout } = await query('--archive', '--saved', 'positions', '--name', "O'Neill 🦄", '--json');
    expect(rowsOf(stdout)).toEqual(
      [...atNine, ...atTen, ...atNoon]
        .filter(({ Name }) => Name.startsWith('O'))
        .map(({ StatusTime, Latitude, Longitude }) => ({ StatusTime, Latitude, Longitude })),
    );
  });

  test('--saved low-vitals: magic or health below 100', async () => {
    const { stdout } = await query('--saved', 'low-vitals', '--json');
    expect(rowsOf(stdout)).toHaveLength(
      atNine.filter(({ MagicPoints, HealthPoints }) => MagicPoints < 100 || HealthPoints < 100).length,
    );
    expect(rowsOf(stdout)[0]).toEqual({
      ...{ StatusTime: '2026-05-01 09:00:11.000', Name: "O'Neill 🦄" },
      ...{ MagicPoints: 99, HealthPoints: 139 },
    });
  });

  test('--saved after: from a time on, to the millisecond', async () => {
    const since = atTen[4]!.StatusTime;
    const { stdout } = await query('--saved', 'after', '--since', since, '--json');
    const key = ({ StatusTime, Name }: Partial<Reading>) => `${StatusTime} ${Name}`;
    expect(rowsOf(stdout).map(key)).toEqual([...atTen.slice(4), ...atNoon].map(key).sort());
  });

  test('--saved distance: exact, each reading once', async () => {
    const { stdout } = await query('--saved', 'distance', '--json');
    const total = (name: string) =>
      [...atNine, ...atTen, ...atNoon]
        .filter(({ Name }) => Name === name)
        .reduce((sum, { Distance }) => sum + Math.round(Distance * 1e6), 0) / 1e6;
    expect(rowsOf(stdout)).toEqual(
      ["O'Neill 🦄", 'Rocinante'].map((Name) => ({ Name, Readings: 28, TotalDistance: total(Name) })),
    );
  });

  test('--since and --until: only the hours around are fetched', async () => {
    // Nothing reads this one: it would be told.
    await putObject(s3, 'readings/year=2026/month=05/day=01/hour=12/broken.gz', Buffer.from('no gzip'));
    const bounds = ['--since', '2026-05-01 10:00:01', '--until', '2026-05-01 10:00:03'];
    const { stdout, stderr } = await query(
      '--archive',
      'SELECT COUNT(*) AS n FROM readings',
      ...bounds,
      '--json',
    );
    expect(rowsOf(stdout)).toEqual([{ n: 4 }]);
    expect(stderr).toBe('left out: 2 lines that are no readings\n');
    const all = await query('--archive', 'SELECT COUNT(*) AS n FROM readings', '--json');
    expect(all.stderr).toContain('hour=12/broken.gz cannot be read: incorrect header check');
    expect(rowsOf(all.stdout)).toEqual([{ n: 63 }]);
    const later = query('--archive', 'SELECT 1', '--since', '2026-06-01 00:00:00');
    await expect(later).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('for that time'),
    });
  });

  test('while S3 fails now and then: the same answer', async () => {
    const control = createControlClient(cloud.endpoint);
    await control.addFault({ kind: 'lose-answer', target: 'GetObject', count: 3 });
    const { stdout } = await query('--archive', 'SELECT COUNT(*) AS n FROM readings', '--json');
    expect(rowsOf(stdout)).toEqual([{ n: 63 }]);
    // It is used up: it has happened as often as it was to.
    expect((await control.status()).faults).toEqual([]);
  });

  test('no room for temporary files: 3, and what to do', async () => {
    const { status, stderr } = await run({ TMPDIR: '/nonexistent' }, '--archive', 'SELECT 1');
    expect(status).toBe(3);
    expect(stderr).toMatch(/^error cannot put the archive into \/nonexistent: ENOENT/);
    expect(stderr).toContain('TMPDIR');
  });

  test('SQL that is none: 2, and what DuckDB says', async () => {
    const { status, stderr } = await run({}, '--archive', 'SELECT Nmae FROM readings');
    expect(status).toBe(2);
    expect(stderr).toMatch(/DuckDB does not take this query: .*Nmae.*\n/);
    expect(stderr).toContain('"Name"');
  });
});

describe('what is asked', () => {
  test('nothing: told what there is, without a cloud', async () => {
    const { stdout } = await query('--archive');
    for (const word of ['readings', 'arrived_hour', '--saved positions --name'])
      expect(stdout).toContain(word);
  });

  test.each([
    [['--archive', 'DROP TABLE readings'], /must be a query .*\(given DROP\)/],
    [['--archive', 'SELECT 1', '--saved', 'distance'], /exclude each other/],
    [['--archive', 'SELECT 1', '--athena-output', 'b/x'], /must be an S3 URL .*\(given b\/x\)/],
    [['--archive', 'SELECT 1', '--name', 'A'], /--name has no place/],
    [['--saved', 'nothing'], /must be one of positions, low-vitals, after, distance \(given nothing\)/],
    [['--saved', 'positions'], /--saved positions needs --name/],
    [['--saved', 'after', '--since', 'yesterday'], /--since must be a UTC time/],
    [['--archive', 'SELECT 1', '--since', '1h', '--until', '2h'], /--until must be later than --since/],
    [['--name', 'A', '--until', '1h'], /--until goes with --archive only/],
    [[], /an option is missing: --name/],
  ])('%j: 2', async (args, message) => {
    const asking = query(...args);
    await expect(asking).rejects.toMatchObject({ code: 'USAGE' });
    await expect(asking).rejects.toThrow(message);
  });
});
