import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateStreamCommand, KinesisClient } from '@aws-sdk/client-kinesis';
import {
  CreateApplicationCommand,
  DeleteApplicationCommand,
  DescribeApplicationCommand,
  DescribeApplicationOperationCommand,
  KinesisAnalyticsV2Client,
  StartApplicationCommand,
  StopApplicationCommand,
  UpdateApplicationCommand,
} from '@aws-sdk/client-kinesis-analytics-v2';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RemoteAggregation } from '../aggregation/thread.ts';
import { systemClock } from '../telemetry/clock.ts';
import { STREAMS } from '../telemetry/topology.ts';
import { clientsOf } from '../test/pipeline/started-cloud.ts';
import { AggregationEngine, type EngineName, OWN_APPLICATION } from './aggregation-engine.ts';
import type { EngineApplication } from './local/kinesisanalytics/engine.ts';
import { type LocalOptions, startLocal } from './pipeline.ts';
import { clientConfig } from './target.ts';

async function start(options: Partial<LocalOptions> = {}) {
  const local = await startLocal({ port: 0, data: null, clock: systemClock, ...options });
  onTestFinished(() => local.close());
  const config = clientConfig(local.target);
  const kinesis = new KinesisClient(config);
  const client = new KinesisAnalyticsV2Client(config);
  const clients = clientsOf(local.target.port!);
  onTestFinished(() => {
    kinesis.destroy();
    client.destroy();
    clients.forget();
  });
  const describe = async (ApplicationName: string = OWN_APPLICATION) =>
    (await client.send(new DescribeApplicationCommand({ ApplicationName }))).ApplicationDetail!;
  return {
    ...clients,
    local,
    client,
    describe,
    async until(status: string, name?: string) {
      await expect
        .poll(async () => (await describe(name)).ApplicationStatus, { timeout: 10_000 })
        .toBe(status);
    },
    createStreams: (...names: string[]) =>
      Promise.all(
        names.map((StreamName) => kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }))),
      ),
    create: (ApplicationName: string, properties: Readonly<Record<string, Record<string, string>>>) =>
      client.send(
        new CreateApplicationCommand({
          ApplicationName,
          RuntimeEnvironment: 'FLINK-2_2',
          ServiceExecutionRole: 'arn:aws:iam::000000000000:role/flink',
          ApplicationConfiguration: {
            ApplicationCodeConfiguration: {
              CodeContentType: 'ZIPFILE',
              CodeContent: { S3ContentLocation: { BucketARN: 'arn:aws:s3:::code', FileKey: 'job.jar' } },
            },
            EnvironmentProperties: {
              PropertyGroups: Object.entries(properties).map(([PropertyGroupId, PropertyMap]) => ({
                PropertyGroupId,
                PropertyMap,
              })),
            },
          },
        }),
      ),
    start: (ApplicationName: string = OWN_APPLICATION) =>
      client.send(new StartApplicationCommand({ ApplicationName })),
    stop: (ApplicationName: string = OWN_APPLICATION) =>
      client.send(new StopApplicationCommand({ ApplicationName })),
  };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'wildrydes-engine-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const malformed = (n: number) =>
  Array.from({ length: n }, (_, i) => ({ key: `k${i}`, data: `no reading ${i}` }));

const OTHER = {
  InputStream0: { 'stream.arn': 'arn:aws:kinesis:us-east-1:000000000000:stream/in' },
  OutputStream0: { 'stream.name': 'out' },
  QuarantineStream0: { 'stream.name': 'bad' },
} as const;

describe('the pipeline’s own application', () => {
  test('runs from the start, and is what the pipeline made it', async () => {
    const cloud = await start();
    expect(await cloud.describe()).toMatchObject({
      ApplicationName: 'wildrydes-aggregation',
      ApplicationStatus: 'RUNNING',
      RuntimeEnvironment: 'FLINK-2_2',
    });
  });

  test.each([true, false])('stopped, it pauses and loses nothing; kept: %j', async (kept) => {
    const cloud = await start({ data: kept ? folder() : null });
    await cloud.put(STREAMS.readings, malformed(3));
    await cloud.control.aggregation({ caughtUp: true });
    await cloud.stop();
    await cloud.until('READY');
    await cloud.put(STREAMS.readings, malformed(4));
    expect((await cloud.control.status()).aggregation).toMatchObject({
      tally: { delivered: 3, quarantined: 3 },
      trouble: 'the application wildrydes-aggregation does not run',
    });
    for (const query of [{}, { caughtUp: true }]) {
      await expect(cloud.control.aggregation(query)).rejects.toMatchObject({
        status: 409,
        message: expect.stringContaining('aws kinesisanalyticsv2 start-application'),
      });
    }
    await cloud.start();
    await cloud.until('RUNNING');
    expect(await cloud.control.aggregation({ caughtUp: true })).toMatchObject({
      tally: { delivered: 7, quarantined: 7 },
      trouble: null,
    });
    await expect.poll(async () => (await cloud.records(STREAMS.quarantine)).length).toBe(7);
  });

  test('tells who waits for it that it was stopped', async () => {
    const cloud = await start();
    // A shard that cannot be read is never caught up with.
    await cloud.control.addFault({ kind: 'expire-iterators', target: STREAMS.readings, seconds: 60 });
    const waiting = cloud.control.aggregation({ caughtUp: true });
    const refused = expect(waiting).rejects.toMatchObject({ status: 409 });
    await cloud.stop();
    await refused;
    await cloud.until('READY');
  });

  test('keeps its streams and its state, and is back after it was deleted', async () => {
    const data = folder();
    const first = await start({ data });
    await first.put(STREAMS.readings, malformed(2));
    await first.control.aggregation({ caughtUp: true });
    await expect(
      first.client.send(
        new UpdateApplicationCommand({
          ApplicationName: OWN_APPLICATION,
          CurrentApplicationVersionId: 1,
          ApplicationConfigurationUpdate: {
            EnvironmentPropertyUpdates: {
              PropertyGroups: [{ PropertyGroupId: 'InputStream0', PropertyMap: { 'stream.name': 'in' } }],
            },
          },
        }),
      ),
    ).rejects.toMatchObject({
      name: 'InvalidApplicationConfigurationException',
      message: expect.stringContaining('has the streams of the pipeline'),
    });
    const { CreateTimestamp } = await first.describe();
    await first.client.send(
      new DeleteApplicationCommand({ ApplicationName: OWN_APPLICATION, CreateTimestamp }),
    );
    await expect
      .poll(() => first.describe().catch(({ name }: Error) => name))
      .toBe('ResourceNotFoundException');
    await first.local.close();

    const second = await start({ data });
    await second.put(STREAMS.readings, malformed(1));
    expect((await second.control.aggregation({ caughtUp: true })).tally).toMatchObject({ delivered: 3 });
    await second.stop();
    await second.until('READY');
    await expect(
      second.client.send(
        new StartApplicationCommand({
          ApplicationName: OWN_APPLICATION,
          RunConfiguration: {
            ApplicationRestoreConfiguration: { ApplicationRestoreType: 'SKIP_RESTORE_FROM_SNAPSHOT' },
          },
        }),
      ),
    ).rejects.toMatchObject({ name: 'InvalidApplicationConfigurationException' });
  });
});

describe('another application', () => {
  test('is refused while one writes to its stream, and runs when that was stopped', async () => {
    const cloud = await start();
    await cloud.create('mine', {});
    await expect(cloud.start('mine')).rejects.toMatchObject({
      name: 'InvalidApplicationConfigurationException',
      message: expect.stringMatching(/^Application wildrydes-aggregation runs already and writes to/),
    });
    await cloud.stop();
    await cloud.until('READY');
    await cloud.start('mine');
    await cloud.until('RUNNING', 'mine');
    await expect(cloud.start()).rejects.toMatchObject({ name: 'InvalidApplicationConfigurationException' });
  });

  test('runs beside it on other streams, and again in the next process, from where it was', async () => {
    const data = folder();
    const told: string[] = [];
    const first = await start({ data, log: (line) => told.push(line) });
    await first.createStreams('in', 'out', 'bad');
    await first.create('mine', OTHER);
    await first.start('mine');
    await first.until('RUNNING', 'mine');
    expect(told.join()).toContain(
      "application mine: not its Jar, but the kit's aggregation runs, from in to out",
    );
    await first.put('in', malformed(2));
    await expect.poll(async () => (await first.records('bad')).length).toBe(2);
    expect((await first.control.aggregation({ caughtUp: true })).tally.delivered).toBe(0);
    await first.local.close();

    const second = await start({ data });
    await second.until('RUNNING', 'mine');
    await second.put('in', malformed(1));
    await expect.poll(async () => (await second.records('bad')).length).toBe(3);
  });

  test('runs in a cloud that was started empty, where the pipeline’s does not', async () => {
    const data = folder();
    await (await start({ data })).local.close();
    const cloud = await start({ data, pipeline: false });
    expect((await cloud.describe()).ApplicationStatus).toBe('READY');
    await expect(cloud.start()).rejects.toMatchObject({ name: 'InvalidApplicationConfigurationException' });
    await cloud.create('mine', OTHER);
    const { OperationId } = await cloud.start('mine');
    await cloud.until('READY', 'mine');
    const { ApplicationOperationInfoDetails } = await cloud.client.send(
      new DescribeApplicationOperationCommand({ ApplicationName: 'mine', OperationId }),
    );
    expect(ApplicationOperationInfoDetails).toMatchObject({
      OperationStatus: 'FAILED',
      OperationFailureDetails: { ErrorInfo: { ErrorString: 'the stream in does not exist' } },
    });
    await cloud.createStreams('in', 'out', 'bad');
    await cloud.start('mine');
    await cloud.until('RUNNING', 'mine');
  });

  test.each([
    [{ InputStream0: { 'stream.name': 'in' }, OutputStream0: { 'stream.name': 'in' } }, /must be three/],
    [{ InputStream0: { 'stream.arn': 'arn:aws:s3:::in' } }, /InputStream0 must name a stream/],
    [{ OutputStream0: { other: 'x' } }, /OutputStream0 must name a stream/],
  ])('with the properties %j is refused', async (properties, message) => {
    const cloud = await start({ pipeline: false });
    await cloud.create('mine', properties as Readonly<Record<string, Record<string, string>>>);
    await expect(cloud.start('mine')).rejects.toMatchObject({
      name: 'InvalidApplicationConfigurationException',
      message: expect.stringMatching(message),
    });
  });
});

describe('an application made by hand in place of the pipeline’s, in a cloud that was started empty', () => {
  const PATIENCE = { timeout: 10_000 } as const;
  async function byHand(data: string | null, name: string = OWN_APPLICATION) {
    const cloud = await start({ data, pipeline: false });
    await cloud.createStreams(...Object.values(STREAMS));
    await cloud.create(name, {});
    await cloud.start(name);
    await cloud.until('RUNNING', name);
    return cloud;
  }
  const books = async (cloud: Awaited<ReturnType<typeof start>>) =>
    (await cloud.control.status()).aggregation;

  test.each([OWN_APPLICATION, 'alice-wildrydes-aggregation'])('%s opens its books', async (name) => {
    const cloud = await byHand(null, name);
    await cloud.put(STREAMS.readings, malformed(3));
    await expect
      .poll(async () => (await books(cloud))?.tally)
      .toMatchObject({ delivered: 3, quarantined: 3 });
    await cloud.stop(name);
    await cloud.until('READY', name);
    expect(await books(cloud)).toMatchObject({
      tally: { delivered: 3 },
      trouble: `the application ${name} does not run`,
    });
  });

  test('goes on after a restart, starts afresh where that is asked for, and is forgotten when deleted', async () => {
    const data = folder();
    const first = await byHand(data);
    await first.put(STREAMS.readings, malformed(2));
    await expect.poll(async () => (await first.records(STREAMS.quarantine)).length, PATIENCE).toBe(2);
    await first.local.close();

    const cloud = await start({ data, pipeline: false });
    await cloud.until('RUNNING');
    await cloud.put(STREAMS.readings, malformed(1));
    await expect.poll(async () => (await cloud.records(STREAMS.quarantine)).length, PATIENCE).toBe(3);
    await cloud.stop();
    await cloud.until('READY');
    await cloud.client.send(
      new StartApplicationCommand({
        ApplicationName: OWN_APPLICATION,
        RunConfiguration: {
          ApplicationRestoreConfiguration: { ApplicationRestoreType: 'SKIP_RESTORE_FROM_SNAPSHOT' },
        },
      }),
    );
    await expect.poll(async () => (await cloud.records(STREAMS.quarantine)).length, PATIENCE).toBe(6);

    const { CreateTimestamp } = await cloud.describe();
    await cloud.client.send(
      new DeleteApplicationCommand({ ApplicationName: OWN_APPLICATION, CreateTimestamp }),
    );
    await expect.poll(() => readdirSync(join(data, 'aggregation/applications')), PATIENCE).toEqual([]);
  });

  test('is not taken over by the pipeline, which would write its summaries once more', async () => {
    const data = folder();
    await (await byHand(data)).local.close();
    await expect(start({ data })).rejects.toMatchObject({
      code: 'STATE_UNUSABLE',
      next: 'Start with --empty, or with another state folder by --data.',
    });
  });
});

describe('the state of another engine', () => {
  const OWN: EngineApplication = { name: OWN_APPLICATION, createdAt: 0, properties: [] };
  const HOW = { fresh: false, ended: () => {} } as const;

  /** Counts what is made, which checkpoints it is started with, and what is stopped. */
  function counting(name: EngineName) {
    const count = { made: 0, started: [] as (string | null)[], stopped: 0 };
    const make = (): RemoteAggregation => {
      count.made++;
      return {
        start: async ({ checkpoint }) => void count.started.push(checkpoint),
        progress: () => Promise.reject(new Error('it only counts')),
        caughtUp: async () => {},
        closeWindows: async () => {},
        stop: async () => void count.stopped++,
      };
    };
    return { count, aggregation: { name, make } };
  }

  function counted(name: EngineName, path: string) {
    const { count, aggregation } = counting(name);
    const engine = new AggregationEngine({
      ...aggregation,
      config: {},
      folder: path,
      pipeline: true,
      hasStream: () => true,
      log: () => {},
      closed: () => {},
    });
    return { count, engine };
  }

  test.each<[EngineName, EngineName, string, RegExp]>([
    ['flink', 'embedded', 'checkpoint', /^Start without --aggregation flink, or with another state folder/],
    [
      'embedded',
      'flink',
      'checkpoint-flink',
      /^Start with --aggregation flink, or with another state folder/,
    ],
  ])('is refused by %s, and what was made to run is ended', async (name, other, checkpoint, next) => {
    const path = folder();
    writeFileSync(join(path, checkpoint), '');
    const { count, engine } = counted(name, path);
    await expect(engine.start(OWN, HOW)).rejects.toMatchObject({
      code: 'STATE_UNUSABLE',
      message: `its state is that of the ${other} engine`,
      next: expect.stringMatching(next),
    });
    await engine.close();
    expect(count).toEqual({ made: 1, started: [], stopped: 1 });
  });

  test.each<[EngineName, string]>([
    ['flink', 'checkpoint-flink'],
    ['embedded', 'checkpoint'],
  ])('is none: %s goes on from its own', async (name, checkpoint) => {
    const path = folder();
    writeFileSync(join(path, checkpoint), '');
    const { count, engine } = counted(name, path);
    const running = await engine.start(OWN, HOW);
    expect(count.started).toEqual([join(path, checkpoint)]);
    await running.stop();
    await engine.close();
    expect(count).toMatchObject({ made: 1, stopped: 1 });
  });

  test('of an application of one’s own is refused, too', async () => {
    const data = folder();
    const embedded = await start({ data, pipeline: false });
    await embedded.createStreams('in', 'out', 'bad');
    await embedded.create('mine', OTHER);
    await embedded.start('mine');
    await embedded.until('RUNNING', 'mine');
    await embedded.stop('mine');
    await embedded.until('READY', 'mine');
    await embedded.local.close();

    const { count, aggregation } = counting('flink');
    const cloud = await start({ data, pipeline: false, aggregation });
    const { OperationId } = await cloud.start('mine');
    await cloud.until('READY', 'mine');
    const { ApplicationOperationInfoDetails } = await cloud.client.send(
      new DescribeApplicationOperationCommand({ ApplicationName: 'mine', OperationId }),
    );
    expect(ApplicationOperationInfoDetails).toMatchObject({
      OperationFailureDetails: { ErrorInfo: { ErrorString: 'its state is that of the embedded engine' } },
    });
    expect(count.made).toBe(0);
  });
});
