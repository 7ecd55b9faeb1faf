import { gunzipSync } from 'node:zlib';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { startLocal } from '../../infra/pipeline.ts';
import { clientConfig } from '../../infra/target.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { encodeReading } from '../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { BUCKETS, FUNCTIONS, STREAMS } from '../../telemetry/topology.ts';
import { deliverSoon } from '../../test/deliver-soon.ts';
import { clientsOf } from '../../test/pipeline/started-cloud.ts';

async function start() {
  const local = await startLocal({ port: 0, data: null, clock: systemClock, parts: ['archive'] });
  onTestFinished(() => local.close());
  const cloud = clientsOf(local.target.port!);
  const config = clientConfig(local.target);
  const firehose = new FirehoseClient(config);
  const s3 = new S3Client(config);
  onTestFinished(() => {
    for (const client of [firehose, s3]) client.destroy();
    cloud.forget();
  });
  return { cloud, firehose, s3 };
}

/** Every object of the archive, by key. */
async function objects(s3: S3Client): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: BUCKETS.archive })) {
    for (const { Key = '' } of Contents) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKETS.archive, Key }));
      const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
      found.set(Key, (Key.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString());
    }
  }
  return found;
}

const linesUnder = (found: ReadonlyMap<string, string>, prefix: RegExp) =>
  [...found].filter(([key]) => prefix.test(key)).flatMap(([, text]) => text.split('\n').filter(Boolean));

const READINGS =
  /^readings\/year=\d{4}\/month=\d\d\/day=\d\d\/hour=\d\d\/wildrydes-archive-\d+-[\d-]+-[\w-]+\.gz$/;
const FAILED = /^failed\/processing-failed\/\d{4}\/\d\d\/\d\d\/\d\d\//;

test('every record is in the archive or among what failed, whatever fails on the way', async () => {
  const { cloud, firehose, s3 } = await start();
  await deliverSoon(firehose);
  await cloud.control.addFault({ kind: 'fail-function', target: FUNCTIONS.archiver, count: 3 });
  const readings = Array.from({ length: 400 }, (_, n) =>
    encodeReading({
      Name: `unicorn ${n % 7} 🦄`,
      StatusTime: formatStatusTime(Date.UTC(2026, 4, 1, 9) + n * 1_000),
      Latitude: 40.75,
      Longitude: -73.99,
      Distance: 30 + n / 1_000,
      MagicPoints: 150,
      HealthPoints: 150,
    }),
  );
  const bad = Array.from({ length: 20 }, (_, n) => `{"Name":"broken ${n}"`);
  const all = [...readings, ...bad].map((data, n) => ({ key: String(n), data }));
  await cloud.put(STREAMS.readings, all.slice(0, 210));
  await cloud.put(STREAMS.readings, all.slice(210));
  await expect
    .poll(
      async () => {
        const found = await objects(s3);
        return linesUnder(found, READINGS).length + linesUnder(found, FAILED).length;
      },
      { timeout: 25_000 },
    )
    .toBeGreaterThanOrEqual(all.length);

  const found = await objects(s3);
  const expected = readings.map((text) => {
    const reading = JSON.parse(text) as { StatusTime: string };
    const [Year, Month, Day, Hour, Minute] = reading.StatusTime.split(/[- :]/).map(Number);
    return JSON.stringify({ ...reading, Year, Month, Day, Hour, Minute });
  });
  expect([...new Set(linesUnder(found, READINGS))].sort()).toEqual(expected.sort());
  const failed = linesUnder(found, FAILED).map(
    (line) => JSON.parse(line) as { rawData: string; attemptsMade: number; lambdaArn: string },
  );
  expect([...new Set(failed.map(({ rawData }) => Buffer.from(rawData, 'base64').toString()))].sort()).toEqual(
    bad.sort(),
  );
  expect(failed[0]?.lambdaArn).toContain(FUNCTIONS.archiver);
  for (const key of found.keys()) expect(READINGS.test(key) || FAILED.test(key)).toBe(true);
});
