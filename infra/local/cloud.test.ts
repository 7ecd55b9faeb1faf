import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListStreamsCommand,
  PutRecordsCommand,
  waitUntilStreamExists,
} from '@aws-sdk/client-kinesis';
import { CreateTopicCommand, ListTopicsCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EMPTY_TALLY } from '../../telemetry/balance.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { LOCAL_CREDENTIALS } from '../target.ts';
import { type Cloud, type CloudOptions, startCloud } from './cloud.ts';
import type { Notification } from './control/api.ts';
import { createControlClient } from './control/client.ts';
import { ControlError } from './control/routes.ts';

const closers: (() => unknown)[] = [];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wildrydes-cloud-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closers.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Partial<CloudOptions> = {}): Promise<Cloud> {
  const cloud = await startCloud({ port: 0, data: null, kept: false, clock: systemClock, ...options });
  closers.push(() => cloud.close());
  return cloud;
}

function clients({ endpoint }: Cloud) {
  const config = { endpoint, region: 'us-east-1', credentials: LOCAL_CREDENTIALS, maxAttempts: 1 };
  const all = {
    kinesis: new KinesisClient(config),
    kinesis1: new KinesisClient({ ...config, requestHandler: new NodeHttpHandler() }),
    dynamodb: new DynamoDBClient(config),
    sns: new SNSClient(config),
  };
  closers.push(() => {
    for (const client of Object.values(all)) client.destroy();
  });
  return all;
}

const TABLE = new CreateTableCommand({
  TableName: 'Rides',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'Name', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'Name', KeyType: 'HASH' }],
});

async function createEverything(cloud: Cloud): Promise<void> {
  const { kinesis, dynamodb, sns } = clients(cloud);
  await kinesis.send(new CreateStreamCommand({ StreamName: 'wildrydes', ShardCount: 1 }));
  await waitUntilStreamExists({ client: kinesis, maxWaitTime: 10, minDelay: 1 }, { StreamName: 'wildrydes' });
  await dynamodb.send(TABLE);
  await sns.send(new CreateTopicCommand({ Name: 'alerts' }));
}

async function everything(cloud: Cloud) {
  const { kinesis, dynamodb, sns } = clients(cloud);
  return {
    streams: (await kinesis.send(new ListStreamsCommand({}))).StreamNames ?? [],
    tables: (await dynamodb.send(new ListTablesCommand({}))).TableNames ?? [],
    topics: (await sns.send(new ListTopicsCommand({}))).Topics?.length ?? 0,
  };
}

describe('the local cloud', () => {
  it('serves Kinesis by both versions of HTTP, DynamoDB and SNS on one port', async () => {
    const cloud = await start();
    await createEverything(cloud);
    const { kinesis, kinesis1 } = clients(cloud);
    const Records = [{ PartitionKey: 'Rocinante', Data: Buffer.from('neigh\n') }];
    for (const client of [kinesis, kinesis1]) {
      const { FailedRecordCount } = await client.send(
        new PutRecordsCommand({ StreamName: 'wildrydes', Records }),
      );
      expect(FailedRecordCount).toBe(0);
    }
    const { ShardIterator } = await kinesis.send(
      new GetShardIteratorCommand({
        StreamName: 'wildrydes',
        ShardId: 'shardId-000000000000',
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    );
    const { Records: read = [] } = await kinesis1.send(new GetRecordsCommand({ ShardIterator }));
    expect(read.map(({ Data }) => Buffer.from(Data ?? []).toString())).toEqual(['neigh\n', 'neigh\n']);
    expect(await everything(cloud)).toEqual({ streams: ['wildrydes'], tables: ['Rides'], topics: 1 });
  });

  it('keeps its state in its folder, and opens it again on the same port', async () => {
    const before = await start({ data: folder, kept: true });
    await createEverything(before);
    await before.close();
    const after = await start({ data: folder, kept: true, port: before.port });
    expect(await everything(after)).toEqual({ streams: ['wildrydes'], tables: ['Rides'], topics: 1 });
  });

  it.skipIf(process.platform === 'win32')('without a folder leaves nothing behind', async () => {
    vi.stubEnv('TMPDIR', folder);
    const cloud = await start();
    await createEverything(cloud);
    expect(readdirSync(folder)).not.toEqual([]);
    await cloud.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('has its state folder to itself', async () => {
    const first = await start({ data: folder, kept: true });
    await expect(start({ data: folder, kept: true })).rejects.toMatchObject({ code: 'STATE_UNUSABLE' });
    expect((await createControlClient(first.endpoint).health()) as object).toMatchObject({ data: folder });
  });

  it('that cannot start leaves nothing open', async () => {
    const taken = createServer();
    closers.push(() => taken.close());
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', () => resolve()));
    const { port } = taken.address() as { port: number };
    await expect(start({ data: folder, kept: true, port })).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    expect(existsSync(join(folder, 'lock'))).toBe(false);
    await start({ data: folder, kept: true });
  });

  it('tells the first error of closing, and closes everything else', async () => {
    const cloud = await start({ data: folder, kept: true });
    const broken = new Error('disk on fire');
    const { kinesis } = cloud;
    const close = kinesis.close.bind(kinesis);
    kinesis.close = async () => {
      await close();
      throw broken;
    };
    closers.length = 0;
    await expect(cloud.close()).rejects.toBe(broken);
    expect(existsSync(join(folder, 'lock'))).toBe(false);
    expect(await createControlClient(cloud.endpoint).health()).toBeUndefined();
  });

  it('says what is wrong with damaged state', async () => {
    const cloud = await start({ data: folder, kept: true });
    await cloud.close();
    writeFileSync(join(folder, 'sns', 'topics.json'), '{');
    await expect(start({ data: folder, kept: true })).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });
});

describe('another address', () => {
  const address = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

  it.runIf(address !== undefined)(
    'serves the services, and keeps the control door for this machine',
    async () => {
      const { port } = await start({ host: '0.0.0.0' });
      const config = { region: 'us-east-1', credentials: LOCAL_CREDENTIALS, maxAttempts: 1 };
      for (const host of [address, '127.0.0.1', 'localhost']) {
        const kinesis = new KinesisClient({ ...config, endpoint: `http://${host}:${port}` });
        closers.push(() => kinesis.destroy());
        expect((await kinesis.send(new ListStreamsCommand({}))).StreamNames).toEqual([]);
      }
      const health = (host: string) => fetch(`http://${host}:${port}/_wildrydes/health`);
      expect((await health('127.0.0.1')).status).toBe(200);
      expect((await health(address!)).status).toBe(403);
    },
  );

  it.runIf(address !== undefined)('is not served unless it was asked for', async () => {
    const { port } = await start();
    await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow();
  });

  it('must be of this machine', async () => {
    await expect(start({ host: '203.0.113.9' })).rejects.toMatchObject({
      code: 'USAGE',
      message: '--host must be an address of this machine (given 203.0.113.9)',
    });
  });
});

describe('the control door', () => {
  it('tells health and status', async () => {
    const clock = { now: () => 1_000_000, monotonic: () => 0 };
    const cloud = await start({ clock, simulated: true, pipeline: false });
    const control = createControlClient(cloud.endpoint);
    const health = await control.health();
    expect(health).toEqual({
      service: 'wildrydes',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      pid: process.pid,
      endpoint: `http://127.0.0.1:${cloud.port}`,
      data: null,
      kept: false,
      now: 1_000_000,
      simulated: true,
      pipeline: false,
      parts: [],
      searchEndpoint: null,
      enforcesLimits: false,
    });
    expect(await control.status()).toEqual({
      health,
      streams: [],
      mappings: [],
      aggregation: null,
      faults: [],
    });
    const progress = {
      tally: EMPTY_TALLY,
      watermark: 5,
      outbox: 0,
      openWindows: 1,
      shards: [],
      trouble: null,
    };
    cloud.provideAggregation(async () => progress);
    expect((await control.status()).aggregation).toEqual(progress);
  });

  it('asks the aggregation first: what leaves it meanwhile is among what is downstream', async () => {
    const cloud = await start();
    const { kinesis } = clients(cloud);
    cloud.provideAggregation(async () => {
      await kinesis.send(new CreateStreamCommand({ StreamName: 'downstream', ShardCount: 1 }));
      return { tally: EMPTY_TALLY, watermark: null, outbox: 0, openWindows: 0, shards: [], trouble: null };
    });
    expect((await createControlClient(cloud.endpoint).status()).streams).toMatchObject([
      { streamName: 'downstream' },
    ]);
  });

  it('limits shards as AWS does when asked to, at the start and while it runs', async () => {
    const cloud = await start({ enforceLimits: true });
    await createEverything(cloud);
    const { kinesis } = clients(cloud);
    // More than a second's worth in one request.
    const Records = Array.from({ length: 20 }, () => ({ PartitionKey: 'k', Data: Buffer.alloc(100_000) }));
    const failures = async () => {
      const answer = await kinesis.send(new PutRecordsCommand({ StreamName: 'wildrydes', Records }));
      return answer.FailedRecordCount;
    };
    const control = createControlClient(cloud.endpoint);
    expect(await control.health()).toMatchObject({ enforcesLimits: true });
    expect(await failures()).toBeGreaterThan(0);
    await control.enforceLimits(false);
    expect(await control.health()).toMatchObject({ enforcesLimits: false });
    expect(await failures()).toBe(0);
    await control.enforceLimits(true);
    expect((await control.status()).health.enforcesLimits).toBe(true);
    expect(await failures()).toBeGreaterThan(0);
  });

  it.each(['', '{}', '{"enforce":1}', '[]', 'null', '7'])('refuses the limits %j', async (body) => {
    const cloud = await start();
    const answer = await fetch(`${cloud.endpoint}/_wildrydes/limits`, { method: 'POST', body });
    expect([answer.status, await answer.json()]).toEqual([400, { message: 'enforce must be true or false' }]);
  });

  it('lets another process ask it to stop', async () => {
    const cloud = await start();
    let asked = false;
    void cloud.stopRequested.then(() => {
      asked = true;
    });
    const control = createControlClient(cloud.endpoint);
    await control.health();
    expect(asked).toBe(false);
    await control.stop();
    await cloud.stopRequested;
    await cloud.close();
    expect(await control.health()).toBeUndefined();
  });

  it('takes routes of whoever runs it', async () => {
    const cloud = await start();
    cloud.route('POST', 'aggregation', (body) => {
      throw new ControlError(409, JSON.stringify(body));
    });
    await expect(
      createControlClient(cloud.endpoint).aggregation({ closeWindows: true }),
    ).rejects.toMatchObject({ status: 409, message: '{"closeWindows":true}' });
  });

  it('passes on what is published, until the cloud closes', async () => {
    const cloud = await start();
    await createEverything(cloud);
    const heard = new Promise<Notification>((resolve, reject) => {
      createControlClient(cloud.endpoint)
        .notifications(new AbortController().signal, resolve)
        .then(() =>
          clients(cloud).sns.send(
            new PublishCommand({
              TopicArn: 'arn:aws:sns:us-east-1:000000000000:alerts',
              Message: 'low magic',
            }),
          ),
        )
        .catch(reject);
    });
    expect(await heard).toMatchObject({ message: 'low magic' });
    const listening = await fetch(`${cloud.endpoint}/_wildrydes/notifications`);
    await cloud.close();
    // Ended in good order, not cut: reading to the end would reject.
    expect(await listening.text()).toBe('');
  });
});
