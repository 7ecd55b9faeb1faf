import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CreateStreamCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytesOf } from '../../aggregation/cases/format.ts';
import { generatePlainCase } from '../../aggregation/cases/generate.ts';
import { LOCAL_CREDENTIALS } from '../../infra/target.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { encodeSummary } from '../../telemetry/summary-codec.ts';
import { command, freePort, temporaryFolder } from '../kit.ts';
import { openShardsOf } from '../pipeline/lineage.ts';
import { eventually, openCloud, type Put, type StartedCloud } from '../pipeline/started-cloud.ts';
import { builtFlink } from './flink/build.ts';

/** The job as a cluster runs it: by its main method, from a file of properties, with two tasks of each operator. */

const SEED = Number(process.env.CASES_SEED ?? Math.floor(Math.random() * 2 ** 31));
const STREAMS = { readings: 'in', summaries: 'out', quarantine: 'refused' } as const;

let cloud: StartedCloud;

beforeAll(async () => {
  cloud = openCloud(['--empty', '--ephemeral'], await freePort());
  await cloud.ready();
  for (const StreamName of Object.values(STREAMS)) {
    await cloud.kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 2 }));
  }
  await eventually('the streams are there', async () => {
    const shards = await Promise.all(Object.values(STREAMS).map((name) => openShardsOf(cloud, name)));
    return { done: shards.every((each) => each.length === 2), value: shards };
  });
});

afterAll(() => cloud.kill());

test(`cases on two shards, seed ${SEED}: what they come to is no matter of who reads what`, async () => {
  const classPath = await builtFlink();
  const folder = temporaryFolder();
  const properties = join(folder, 'properties.json');
  const at = { 'aws.region': 'us-east-1', 'aws.endpoint': `http://127.0.0.1:${cloud.port}` };
  writeFileSync(
    properties,
    JSON.stringify([
      {
        PropertyGroupId: 'InputStream0',
        PropertyMap: {
          ...at,
          'stream.arn': `arn:aws:kinesis:us-east-1:000000000000:stream/${STREAMS.readings}`,
        },
      },
      { PropertyGroupId: 'OutputStream0', PropertyMap: { ...at, 'stream.name': STREAMS.summaries } },
      { PropertyGroupId: 'QuarantineStream0', PropertyMap: { ...at, 'stream.name': STREAMS.quarantine } },
    ]),
  );

  // One case on each shard: their unicorns have nothing in common, and the later one is late for nothing.
  const cases = [generatePlainCase(SEED, 1), generatePlainCase(SEED, 2)];
  const shards = await openShardsOf(cloud, STREAMS.readings);
  for (const [index, one] of cases.entries()) {
    const records = one.events.filter((event) => event.event === 'record');
    const puts = records.map((event): Put => ({ key: event.key, data: bytesOf(event) }));
    await putOn(shards[index]!.start, puts);
  }
  // What comes long after closes all that is open, once both shards have said so.
  const last = cases.map((_, index) => closing(`closer ${index}`));
  for (const [index, data] of last.entries())
    await putOn(shards[index]!.start, [{ key: `closer ${index}`, data }]);

  const job = command(
    'java',
    [
      ...['-Xmx512m', '-XX:+UseSerialGC', '-cp', classPath, 'com.wildrydes.aggregation.MainRun'],
      ...[join(folder, 'checkpoints'), '2', '--properties', properties],
    ],
    {
      AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    },
  );
  const expected = cases
    .flatMap((one) => [...one.expect.summaries, ...one.expect.remaining])
    .map(encodeSummary);
  const quarantined = cases.reduce((sum, one) => sum + one.expect.quarantine.length, 0);
  const ended = job.finished.then(({ stderr }) =>
    Promise.reject(new Error(`the job ended: ${stderr.slice(-2_000)}`)),
  );
  const seen = await Promise.race([ended, allOf(expected.length, quarantined)]);
  expect(seen.toSorted()).toEqual(expected.toSorted());
  expect(await cloud.records(STREAMS.quarantine)).toHaveLength(quarantined);
});

/** The summaries, once there are as many, and as many refused. The test's own time is the limit. */
async function allOf(summaries: number, quarantined: number): Promise<string[]> {
  for (;;) {
    const records = await cloud.records(STREAMS.summaries);
    const refused = await cloud.records(STREAMS.quarantine);
    if (records.length >= summaries && refused.length >= quarantined) {
      return records.map(({ data }) => data.toString());
    }
    await setTimeout(100);
  }
}

/** Puts records on the shard that has this hash key. */
async function putOn(hashKey: bigint, records: readonly Put[]): Promise<void> {
  await cloud.kinesis.send(
    new PutRecordsCommand({
      StreamName: STREAMS.readings,
      Records: records.map(({ key, data }) => ({
        PartitionKey: key,
        Data: Buffer.from(data as Uint8Array),
        ExplicitHashKey: String(hashKey),
      })),
    }),
  );
}

function closing(name: string): Buffer {
  const reading = {
    Name: name,
    StatusTime: formatStatusTime(Date.now()),
    Latitude: 40,
    Longitude: -74,
    Distance: 30,
    MagicPoints: 150,
    HealthPoints: 150,
  };
  return Buffer.from(`${JSON.stringify(reading)}\n`);
}
