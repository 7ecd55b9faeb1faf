import { join } from 'node:path';
import {
  DeleteStreamCommand,
  type KinesisClient,
  MergeShardsCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Cloud, startCloud } from '../../infra/local/cloud.ts';
import { createControlClient } from '../../infra/local/control/client.ts';
import type { FaultRequest } from '../../infra/local/faults/fault.ts';
import { atLocalPort, clientConfig } from '../../infra/target.ts';
import { createKinesisClient } from '../../stream/client.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { command, type Running, temporaryFolder } from '../kit.ts';
import { builtFlink } from './flink/build.ts';
import { copied, copiesIn, createStream, expectExact, put } from './flink/copies.ts';

/** The job's source and sink, with a job between them that counts: `CopyJob` of aggregation/flink. */

const FROM = 'from';
const TO = 'to';
const WITHIN = { timeout: 90_000, interval: 100 };
const FIRST = 'shardId-000000000000';

let classPath: string;

beforeAll(async () => {
  classPath = await builtFlink();
});

interface Setting {
  readonly cloud: Cloud;
  readonly client: KinesisClient;
  readonly folder: string;
}

/** A cloud of the test's own, with both streams. */
async function setting(shards: number, data: string | null = null): Promise<Setting> {
  const cloud = await startCloud({ port: 0, data, kept: data !== null, clock: systemClock });
  const client = createKinesisClient(clientConfig(atLocalPort(cloud.port, undefined)), { maxAttempts: 3 });
  onTestFinished(async () => {
    client.destroy();
    await cloud.close();
  });
  await createStream(client, FROM, shards);
  await createStream(client, TO, 1);
  return { cloud, client, folder: temporaryFolder() };
}

function startJob({ cloud, folder }: Pick<Setting, 'cloud' | 'folder'>, parallelism = 1): Running {
  return command(process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java', [
    ...['-Xmx512m', '-XX:+UseSerialGC'],
    ...['-cp', classPath, 'com.wildrydes.aggregation.local.CopyJob'],
    ...[cloud.endpoint, FROM, TO, folder, String(parallelism)],
  ]);
}

/** Kills a job as a machine dies. */
async function kill({ child, finished }: Running): Promise<string> {
  child.kill('SIGKILL');
  return (await finished).stdout;
}

/** The lines of one kind in what a job has said. */
function told(stdout: string, kind: string): string[][] {
  const lines = stdout.split('\n').map((line) => line.split(' '));
  return lines.filter(([first]) => first === kind).map(([, ...rest]) => rest);
}

/** Waits for so many different copies; a job that ends meanwhile is told with its last words. */
async function waitForCopies({ client }: Setting, job: Running, count: number): Promise<void> {
  await expect
    .poll(
      async () => (job.child.exitCode === null ? await copied(client, TO) : (await job.finished).stderr),
      WITHIN,
    )
    .toBe(count);
}

test('each record of three shards arrives once, in the order of its shard, and a shard tells how long it is silent', async () => {
  const here = await setting(3);
  await put(here.client, FROM, 20_000);
  const job = startJob(here);
  await waitForCopies(here, job, 20_000);
  // Five seconds without a record, of each shard.
  for (const shard of ['0', '1', '2']) {
    await job.line((line) => line.startsWith(`TIP shardId-00000000000${shard} 5`) && line.length > 27);
  }
  const stdout = await kill(job);

  const copies = await expectExact(here.client, FROM, TO);
  expect(copies.length).toBe(20_000);
  for (const [shardId, , count] of told(stdout, 'TIP')) {
    const mine = copies.filter((copy) => copy.shardId === shardId);
    expect(mine.map(({ number }) => number)).toEqual(mine.map((_, index) => index + 1));
    // In band: nothing said that the tip was reached before the last record was out.
    expect(Number(count)).toBe(mine.length);
  }
  for (const shard of new Set(told(stdout, 'TIP').map(([shardId]) => shardId))) {
    const silences = told(stdout, 'TIP')
      .filter(([shardId]) => shardId === shard)
      .map(([, silence]) => Number(silence));
    expect(silences[0]).toBe(0);
    expect(silences).toEqual([...silences].sort((a, b) => a - b));
    // Not more than five times a second: AWS answers no more.
    expect(silences.length).toBeLessThanOrEqual(5 * (silences.at(-1)! / 1_000) + 2);
  }
});

test('shards that split and merge while they are read: children after their parents, nothing lost, each end told once', async () => {
  const here = await setting(2);
  const { client } = here;
  const job = startJob(here, 2);
  await put(client, FROM, 1_000);
  await waitForCopies(here, job, 1_000);
  await client.send(
    new SplitShardCommand({
      StreamName: FROM,
      ShardToSplit: FIRST,
      NewStartingHashKey: String(2n ** 126n),
    }),
  );
  await put(client, FROM, 1_000, 1_000);
  await job.line((line) => line.startsWith('STARTED shardId-000000000003'));
  await client.send(
    new MergeShardsCommand({
      StreamName: FROM,
      ShardToMerge: 'shardId-000000000003',
      AdjacentShardToMerge: 'shardId-000000000001',
    }),
  );
  await put(client, FROM, 1_000, 2_000);
  await waitForCopies(here, job, 3_000);
  await job.line((line) => line.startsWith('TIP shardId-000000000004'));
  const stdout = await kill(job);

  const copies = await expectExact(client, FROM, TO);
  expect(copies.length).toBe(3_000);
  const order = stdout.split('\n').filter((line) => /^(STARTED|FINISHED)/.test(line));
  const started = order.filter((line) => line.startsWith('STARTED'));
  expect(started.map((line) => line.slice('STARTED '.length)).sort()).toEqual([
    `${FIRST} `,
    'shardId-000000000001 ',
    `shardId-000000000002 ${FIRST}`,
    `shardId-000000000003 ${FIRST}`,
    'shardId-000000000004 shardId-000000000003,shardId-000000000001',
  ]);
  const finished = order.filter((line) => line.startsWith('FINISHED'));
  expect(finished.map((line) => line.split(' ')[1]).sort()).toEqual(
    [0, 1, 3].map((shard) => `shardId-00000000000${shard}`),
  );
  for (const line of started) {
    const [, , parents = ''] = line.split(' ');
    for (const parent of parents.split(',').filter(Boolean)) {
      const end = order.findIndex((other) => other.startsWith(`FINISHED ${parent} `));
      expect(end).toBeGreaterThanOrEqual(0);
      expect(end).toBeLessThan(order.indexOf(line));
    }
  }
});

test('killed and started again, with another parallelism too: state is exact, and nothing was sent that no checkpoint holds', async () => {
  const here = await setting(3);
  let sent = 0;
  for (const [index, parallelism] of [1, 2, 1].entries()) {
    const job = startJob(here, parallelism);
    const ready = await job.line((line) => line.startsWith('READY'));
    expect(ready === 'READY null').toBe(index === 0);
    const before = await copied(here.client, TO);
    // It dies with records on their way, whatever it is at just then.
    do {
      await put(here.client, FROM, 50, sent);
      sent += 50;
    } while ((await copied(here.client, TO)) < before + 1_000);
    await kill(job);
  }
  const job = startJob(here, 2);
  await waitForCopies(here, job, sent);
  await expectExact(here.client, FROM, TO);
});

test('while a shard is behind, refuses, forgets its iterators, and answers are lost: all arrives, each state exact', async () => {
  const here = await setting(2);
  const control = createControlClient(here.cloud.endpoint);
  await put(here.client, FROM, 5_000);
  const faults: FaultRequest[] = [
    { kind: 'fail-after', target: 'DescribeStreamSummary', count: 3 },
    { kind: 'fail-after', target: 'ListShards', count: 3 },
    { kind: 'lose-answer', target: 'ListShards', count: 2 },
    { kind: 'fail-after', target: 'GetShardIterator', count: 3 },
    { kind: 'fail-after', target: 'GetRecords', count: 5, share: 0.5 },
    { kind: 'lose-answer', target: 'GetRecords', count: 5, share: 0.5 },
    { kind: 'expire-iterators', target: FROM, count: 8, share: 0.5 },
    { kind: 'throttle-shard', target: FROM, count: 8, share: 0.5 },
    { kind: 'fail-after', target: 'PutRecords', count: 3, share: 0.5 },
    { kind: 'lose-answer', target: 'PutRecords', count: 3, share: 0.5 },
    { kind: 'fail-records', target: TO, count: 2_000, share: 0.5 },
    { kind: 'throttle-shard', target: TO, count: 300, share: 0.5 },
  ];
  for (const fault of faults) await control.addFault(fault);
  const job = startJob(here);
  // Faults would meet this test's own questions: it asks none until the job says that it is through.
  await job.line((line) => /^TIP \S+ \d{4,} /.test(line));
  await control.endFaults();
  await waitForCopies(here, job, 5_000);
  await put(here.client, FROM, 500, 5_000);
  await waitForCopies(here, job, 5_500);
  await expectExact(here.client, FROM, TO);
  // Each was met where it happened: the job never had to begin anew.
  expect(told(await kill(job), 'STARTED').length).toBe(2);
});

test('a cloud that goes and comes back at its port', async () => {
  const data = temporaryFolder();
  const here = await setting(2, data);
  await put(here.client, FROM, 1_000);
  const job = startJob(here);
  await waitForCopies(here, job, 1_000);
  const { port } = here.cloud;
  await here.cloud.close();
  const again = await startCloud({ port, data, kept: true, clock: systemClock });
  onTestFinished(() => again.close());
  await put(here.client, FROM, 1_000, 1_000);
  await waitForCopies(here, job, 2_000);
  await expectExact(here.client, FROM, TO);
  // It went on by itself: nothing had to begin anew.
  expect(told(await kill(job), 'STARTED').length).toBe(2);
});

test('a stream that is deleted and made anew, with fewer shards: read from its start, and gone on with after a crash', async () => {
  const here = await setting(3);
  const { client } = here;
  await put(client, FROM, 900);
  const job = startJob(here);
  await waitForCopies(here, job, 900);
  await client.send(new DeleteStreamCommand({ StreamName: FROM }));
  await createStream(client, FROM, 1);
  await put(client, FROM, 700, 10_000);
  await waitForCopies(here, job, 1_600);
  await job.line((line) => line.startsWith('STARTED'), 4);
  await kill(job);
  const next = startJob(here);
  await put(client, FROM, 300, 20_000);
  await waitForCopies(here, next, 1_900);
  // What it had read of the new stream it does not read again.
  expect(
    told(await kill(next), 'TIP').every(([shard, , count]) => shard === FIRST && Number(count) <= 300),
  ).toBe(true);
  const copies = await copiesIn(client, TO);
  expect(new Set(copies.map(({ sequenceNumber }) => sequenceNumber)).size).toBe(1_900);
});

test('an output stream that is not there yet: the copies wait for it', async () => {
  const here = await setting(1);
  const { client } = here;
  await client.send(new DeleteStreamCommand({ StreamName: TO }));
  await put(client, FROM, 1_200);
  const job = startJob(here);
  await job.line((line) => line.startsWith('TIP'));
  await createStream(client, TO, 1);
  await waitForCopies(here, job, 1_200);
  const copies = await expectExact(client, FROM, TO);
  expect(copies.length).toBe(1_200);
  expect(told(await kill(job), 'STARTED').length).toBe(1);
});
