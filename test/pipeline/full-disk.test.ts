import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../cli/producer/events.ts';
import type { CloudStatus } from '../../infra/local/control/api.ts';
import { atLocalPort, clientConfig } from '../../infra/target.ts';
import { everyRecordHasOneFate } from '../../telemetry/balance.ts';
import { FUNCTIONS, STREAMS } from '../../telemetry/topology.ts';
import { canLimitFiles, limitFiles } from '../full-disk.ts';
import { command, events, freePort, launch, MAIN, type Running, temporaryFolder } from '../kit.ts';
import { reading } from './bad-records.ts';
import { inOrder, type PlainReading, recompute } from './recompute.ts';
import { eventually, type Place, type StartedCloud, startCloud } from './started-cloud.ts';

/**
 * A cloud whose writes really fail, stage by stage, and can be made again: nothing is acknowledged that is not stored,
 * what is acknowledged is counted once in the end, and the cloud says what it cannot write.
 */

const NAMES = ['Rocinante', 'Shadowfax', '🦄 Ünïcörn'];

/** A cloud with a state folder, and the readings that it acknowledged. */
class Ride {
  readonly folder = mkdtempSync(join(tmpdir(), 'wildrydes-test-'));
  readonly acknowledged: (Place & { readonly reading: PlainReading })[] = [];
  cloud!: StartedCloud;
  #second = -1_800;

  async start(): Promise<void> {
    this.cloud = await startCloud(['--data', this.folder], await freePort());
  }

  async end(): Promise<void> {
    await this.cloud?.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Puts the next seconds of all unicorns; they stay the next ones if they are refused. */
  async put(seconds: number): Promise<void> {
    const readings = Array.from({ length: seconds }, (_, i) =>
      NAMES.map((name) => reading(name, this.#second + i)),
    ).flat();
    const places = await this.cloud.put(
      STREAMS.readings,
      readings.map((each) => ({ key: each.Name, data: JSON.stringify(each) })),
    );
    this.#second += seconds;
    for (const [i, place] of places.entries()) this.acknowledged.push({ ...place, reading: readings[i]! });
  }

  /** Puts what is left of this minute and enough of the next to close it. */
  closeMinute(): Promise<void> {
    return this.put(60 - (this.#second % 60) + 6);
  }

  /** From now on, no file of the cloud grows beyond so many bytes. */
  limit(bytes: number | 'unlimited'): void {
    limitFiles(this.cloud.running.child.pid!, bytes);
  }

  /** Bytes of the largest file in a folder of the state. */
  largest(folder: string): number {
    const entries = readdirSync(join(this.folder, folder), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return Math.max(...files.map(({ parentPath, name }) => statSync(join(parentPath, name)).size));
  }

  /** While the disk is full: readings are refused, and the refusal says where there is no room. */
  async expectRefusal(): Promise<void> {
    await expect(this.put(1)).rejects.toMatchObject({
      name: 'InternalFailure',
      message: expect.stringMatching(/^cannot append to .*\bkinesis\/wildrydes\/shardId-0+: E(FBIG|NOSPC)\b/),
    });
  }

  /** The cloud's status, once it is `so`. */
  status(what: string, so: (status: CloudStatus) => boolean): Promise<CloudStatus> {
    return eventually(what, async () => {
      const status = await this.cloud.control.status();
      return { done: so(status), value: status };
    });
  }

  /** What is in the way of the aggregation, once something is; null if nothing is within some seconds. */
  async trouble(): Promise<string | null> {
    for (const deadline = performance.now() + 3_000; performance.now() < deadline; await setTimeout(20)) {
      const { aggregation } = await this.cloud.control.status();
      if (aggregation!.trouble !== null) return aggregation!.trouble;
    }
    return null;
  }

  /** Everything acknowledged is in the stream, once and nothing else; and in the table, once. */
  async judge(): Promise<void> {
    await this.closeMinute();
    const { aggregation } = await this.cloud.settled();
    const stream = await this.cloud.records(STREAMS.readings);
    expect(
      stream.map(({ shardId, sequenceNumber, data }) => [shardId, sequenceNumber, String(data)]),
    ).toEqual(
      this.acknowledged.map(({ shardId, sequenceNumber, reading }) => [
        shardId,
        sequenceNumber,
        JSON.stringify(reading),
      ]),
    );
    const minute = this.acknowledged.at(-1)!.reading.StatusTime.slice(0, 16);
    const closed = this.acknowledged
      .map((each) => each.reading)
      .filter((r) => !r.StatusTime.startsWith(minute));
    expect(inOrder(await this.cloud.summaries())).toEqual(inOrder(recompute(closed)));
    expect(everyRecordHasOneFate(aggregation!.tally)).toBe(true);
    expect(aggregation!.tally).toMatchObject({
      delivered: stream.length,
      summarised: closed.length,
      open: stream.length - closed.length,
      duplicates: 0,
      late: 0,
      quarantined: 0,
    });
  }
}

const ride = new Ride();
/** A cloud that can write nothing, and a producer that sends to it: it takes its time to give up, so it begins first. */
const full = new Ride();
let producing: Running | undefined;
beforeAll(async () => {
  if (!canLimitFiles) return;
  await full.start();
  full.limit(0);
  const at = ['--join', '--port', String(full.cloud.port), '--output', 'json'];
  producing = launch(['producer', '--name', 'Rocinante', '--count', '2', ...at]);
});
afterAll(async () => {
  producing?.child.kill('SIGKILL');
  await full.end();
  await ride.end();
});

/** Makes the tables' log larger than the stream of summaries, with what cannot be compressed. */
async function weighDownTables(cloud: StartedCloud): Promise<void> {
  const client = new DynamoDBClient(clientConfig(atLocalPort(cloud.port, undefined)));
  const TableName = 'Ballast';
  const table = new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  });
  await client.send(table).catch((error: unknown) => {
    if (!(error instanceof ResourceInUseException)) throw error;
  });
  const Item = { id: { S: 'ballast' }, weight: { S: randomBytes(150_000).toString('base64') } };
  await client.send(new PutItemCommand({ TableName, Item }));
  client.destroy();
}

/**
 * Fills the disk under a minute that has just come, then makes room a little at a time, so that one stage after the other
 * cannot store what it has to. Returns with no room for the table.
 */
async function fill(ride: Ride): Promise<void> {
  const { cloud } = ride;
  await weighDownTables(cloud);
  const positions =
    /^cannot write .*\/lambda\/checkpoints\/WildRydes.*\.json: Error: EFBIG.*; will try again$/m;
  // In an unlucky moment, what comes is through before the disk is full.
  await eventually('neither checkpoints nor positions can be written', async () => {
    ride.limit('unlimited');
    await cloud.settled();
    await ride.closeMinute();
    ride.limit(0);
    const trouble = await ride.trouble();
    const { outbox } = (await cloud.control.status()).aggregation!;
    const tells = positions.test(cloud.running.stderr());
    const fails = /\/aggregation\/checkpoint cannot be written: EFBIG/.test(trouble ?? '');
    return { done: fails && outbox > 0 && tells, value: { trouble, outbox, tells } };
  });
  await ride.expectRefusal();

  // Room for checkpoints, which are small; not for the stream of summaries.
  const summaries = ride.largest('kinesis/wildrydes-aggregated');
  ride.limit(summaries);
  await ride.status('summaries cannot be sent', ({ aggregation }) =>
    /^sending to wildrydes-aggregated: .*cannot append to .*\/kinesis\/wildrydes-aggregated\/.*: EFBIG/.test(
      aggregation?.trouble ?? '',
    ),
  );
  await ride.expectRefusal();

  // Room for summaries; not for the table.
  expect(summaries + 5_000).toBeLessThan(ride.largest('dynamodb'));
  ride.limit(summaries + 5_000);
  await ride.status('summaries cannot be stored', ({ mappings }) =>
    mappings.some(
      ({ functionName, failedInvocations, shards }) =>
        functionName === FUNCTIONS.streamProcessor && failedInvocations > 0 && shards[0]!.behind > 0,
    ),
  );
  expect(cloud.running.stderr()).toMatch(
    /^dynamodb: State folder .*\/dynamodb cannot be used \(IO error: .*\d\.log: File too large\); nothing is taken until/m,
  );
  await ride.expectRefusal();
}

describe.skipIf(!canLimitFiles)('a disk that fills up under a cloud (needs prlimit)', () => {
  test('each stage refuses what it cannot store and says where, goes on when there is room, and outlives kill -9', async () => {
    await ride.start();
    for (let minute = 0; minute < 20; minute++) await ride.closeMinute();
    await fill(ride);
    ride.limit('unlimited');
    await ride.cloud.settled();

    await fill(ride);
    await ride.cloud.kill();
    await ride.start();
    await ride.judge();
  }, 60_000);

  test('a producer says why its readings are refused, and ends with 3', async () => {
    const { status, stdout, stderr } = await producing!.finished;
    expect(status).toBe(3);
    expect(events<Report>(stdout, 'report')).toMatchObject([{ produced: 2, acknowledged: 0, failed: 2 }]);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).toMatch(
        /^a record of Rocinante was not written: .*cannot append to .*\/kinesis\/.*: EFBIG/,
      );
    }
  }, 60_000);
});

describe.skipIf(!canLimitFiles)('a disk that is full from the start (needs prlimit)', () => {
  // Nothing at all can be written; or the small files that come first can.
  const attempts = [
    [0, ['start'], /cannot be written \(EFBIG\)/],
    [0, ['start', '--detach'], /is the disk full\?/],
    [200, ['start', '--detach'], /EFBIG|File too large/],
    [200, ['producer', '--name', 'Rocinante', '--count', '1'], /EFBIG|File too large/],
  ] as const;

  test('every command ends with 3, names the folder, and shows no stack', async () => {
    const endings = attempts.map(async ([room, args, reason]) => {
      const folder = `${temporaryFolder()}/state`;
      const at = ['--data', folder, '--port', String(await freePort())];
      return { folder, reason, ...(await withRoomFor(room, [...args, ...at]).finished) };
    });
    for (const { folder, reason, status, stdout, stderr } of await Promise.all(endings)) {
      expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
      expect(stderr).toMatch(/^error /m);
      expect(stderr).toMatch(reason);
      expect(stderr).toContain(folder);
      expect(stderr).not.toContain('    at ');
    }
  });
});

/** Runs `wildrydes` with these arguments, on a disk that has room for so many bytes of each file. */
function withRoomFor(bytes: number, args: readonly string[]): Running {
  return command('prlimit', [`--fsize=${bytes}:`, process.execPath, MAIN, ...args]);
}
