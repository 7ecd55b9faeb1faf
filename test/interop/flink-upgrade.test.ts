import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { FLINK_JAVA, JOB_PROJECT } from '../../infra/flink/job.ts';
import { FlinkProcess } from '../../infra/flink/process.ts';
import { runMaven } from '../../infra/java/maven.ts';
import { type LocalCloud, startLocal } from '../../infra/pipeline.ts';
import { systemClock } from '../../telemetry/clock.ts';
import type { Reading } from '../../telemetry/reading.ts';
import { encodeReading } from '../../telemetry/reading-codec.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import type { Summary } from '../../telemetry/summary.ts';
import { STREAMS } from '../../telemetry/topology.ts';
import { temporaryFolder } from '../kit.ts';
import { clientsOf, eventually } from '../pipeline/started-cloud.ts';
import { builtFlink } from './flink/build.ts';

/** What becomes of open windows when the SQL of the job is another one at its next start; and the Jar itself. */

let classPath: string;

beforeAll(async () => {
  classPath = await builtFlink();
});

const SQL = readFileSync(join(JOB_PROJECT, 'src/main/resources/aggregation.sql'), 'utf8');

/** A whole minute that lies behind: no clock closes it. */
const START = Math.floor(Date.now() / 60_000 - 15) * 60_000;

/** A cloud whose job has this SQL in place of its own. */
async function cloudWith(sql: string, data: string): Promise<LocalCloud> {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'aggregation.sql'), sql);
  const cloud = await startLocal({
    port: 0,
    data,
    clock: systemClock,
    aggregation: {
      name: 'flink',
      make: (listener) =>
        new FlinkProcess({ ...listener, java: 'java', classPath: [folder, classPath].join(delimiter) }),
    },
  });
  onTestFinished(() => cloud.close());
  return cloud;
}

function readings(from: number, to: number): { key: string; data: string }[] {
  return Array.from({ length: to - from }, (_, second) => {
    const reading: Reading = {
      Name: 'Rocinante',
      StatusTime: formatStatusTime(START + (from + second) * 1_000),
      Latitude: 40,
      Longitude: -74,
      Distance: 1.5,
      MagicPoints: 150,
      HealthPoints: 150,
    };
    return { key: reading.Name, data: encodeReading(reading) };
  });
}

/** Half a minute in the job as it is; then it stops. */
async function halfAMinute(data: string): Promise<void> {
  const cloud = await cloudWith(SQL, data);
  const clients = clientsOf(cloud.target.port!);
  await clients.put(STREAMS.readings, readings(0, 30));
  await clients.control.aggregation({ caughtUp: true });
  clients.forget();
  await cloud.close();
}

/** The minute's summary, once the rest of it has come and what closes it. */
async function theRestIn(cloud: LocalCloud): Promise<Summary | undefined> {
  const clients = clientsOf(cloud.target.port!);
  await clients.put(STREAMS.readings, readings(30, 66));
  const [summary] = await eventually('the minute is there', async () => {
    const records = await clients.records(STREAMS.summaries);
    return {
      done: records.length > 0,
      value: records.map(({ data: text }) => JSON.parse(String(text)) as Summary),
    };
  });
  clients.forget();
  return summary;
}

test('a query that computes more of the same sums goes on with the windows that are open', async () => {
  const data = temporaryFolder();
  await halfAMinute(data);
  const cloud = await cloudWith(
    SQL.replace('SUM(Distance) AS Distance', 'CAST(SUM(Distance) * 2 AS DECIMAL(38, 6)) AS Distance'),
    data,
  );
  expect(await theRestIn(cloud)).toMatchObject({ Name: 'Rocinante', Readings: 60, Distance: 2 * 60 * 1.5 });
});

test('a query with another aggregate is refused with its reason, and the old one goes on', async () => {
  const data = temporaryFolder();
  await halfAMinute(data);
  const other = SQL.replace('SUM(Distance) AS Distance', 'CAST(AVG(Distance) AS DECIMAL(38, 6)) AS Distance');
  await expect(cloudWith(other, data)).rejects.toThrow(/flink: .*(state|serializer|restore)/i);
  const cloud = await cloudWith(SQL, data);
  expect(await theRestIn(cloud)).toMatchObject({ Name: 'Rocinante', Readings: 60, Distance: 60 * 1.5 });
});

test('the Jar is the same each time, small, and holds nothing of Flink itself', async () => {
  const digests: string[] = [];
  for (const name of ['one', 'other']) {
    const target = join(temporaryFolder(), name);
    await runMaven(['-q', '-f', join(JOB_PROJECT, 'pom.xml'), `-Dwildrydes.target=${target}`, 'package'], {
      need: FLINK_JAVA,
      failure: 'cannot package the Flink job',
      progress: () => {},
    });
    const jar = readFileSync(join(target, 'wildrydes-aggregation.jar'));
    expect(jar.length).toBeLessThan(8e6);
    const entries = jar.toString('latin1');
    expect(entries).toContain('com/wildrydes/aggregation/AggregationJob.class');
    expect(entries).toContain('aggregation.sql');
    expect(entries).not.toMatch(/org\/apache\/flink\/(runtime|table|streaming)\/|org\/slf4j\//);
    digests.push(createHash('sha256').update(jar).digest('hex'));
  }
  expect(digests[0]).toBe(digests[1]);
});
