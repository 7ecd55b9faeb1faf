import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { EXIT_STATUS } from '../../telemetry/errors.ts';
import type { Reading } from '../../telemetry/reading.ts';
import { STREAMS } from '../../telemetry/topology.ts';
import { freePort, temporaryFolder, wildrydes } from '../kit.ts';
import { inOrder, recompute } from './recompute.ts';
import { closeMinutes, namesOf, ride } from './ride.ts';
import { type StartedCloud, startCloud } from './started-cloud.ts';

/** State whose files somebody damages while no cloud runs, and what whoever starts it next is told, and gets. */

let folder: string;
let readings: readonly Reading[];
const SECONDS = 120;

beforeEach(async () => {
  folder = temporaryFolder();
  const cloud = await start();
  ({ readings } = await ride(cloud, { unicorns: 5, seconds: SECONDS }));
  await cloud.settled();
  await cloud.kill();
});

async function start(): Promise<StartedCloud> {
  const cloud = await startCloud(['--data', folder]);
  onTestFinished(() => cloud.kill());
  return cloud;
}

/** What `wildrydes start` ends with that cannot use the state. */
async function refusal(): Promise<string> {
  const port = String(await freePort());
  const { status, stderr } = await wildrydes(['start', '--data', folder, '--port', port]).finished;
  expect(status).toBe(EXIT_STATUS.STATE_CORRUPT);
  expect(stderr).not.toMatch(/^ {4}at /m);
  return stderr;
}

const SHARD = `kinesis/${STREAMS.readings}/shardId-000000000000`;

function lastSegment(): string {
  return join(folder, SHARD, readdirSync(join(folder, SHARD)).sort().at(-1)!);
}

/** Changes one bit of a file. */
function spoil(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= 0x10;
  writeFileSync(path, bytes);
}

/** The minutes of the ride close, and are in the table as they should be, from all readings that there are. */
async function expectAllOf(cloud: StartedCloud, expected: readonly Reading[]): Promise<void> {
  await closeMinutes(cloud, SECONDS);
  const { tally } = await cloud.control.aggregation({ names: namesOf(readings) });
  expect(tally).toMatchObject({ summarised: expected.length, late: 0, duplicates: 0, open: 0 });
  const own = (await cloud.summaries()).filter(({ Name }) => namesOf(readings).includes(Name));
  expect(inOrder(own)).toEqual(inOrder(recompute(expected)));
}

test('a write that was cut short is cut off, and said; everything before it is there', async () => {
  // As when the machine died: what the aggregation made of the record is gone as well.
  const path = lastSegment();
  writeFileSync(path, Buffer.concat([readFileSync(path), readFileSync(path).subarray(0, 90)]));
  const { size } = statSync(path);
  const cloud = await start();
  expect(statSync(path).size).toBe(size - 90);
  await expectAllOf(cloud, readings);
  await cloud.kill();
  const { stderr } = await cloud.running.finished;
  expect(stderr).toContain(`cut 90 bytes of an unfinished write off ${path} at ${size - 90}`);
});

test('a changed byte in a log keeps the cloud from starting, says where, and the file is left as it is', async () => {
  const path = lastSegment();
  spoil(path, Math.floor(statSync(path).size / 2));
  const damaged = readFileSync(path);
  const told = await refusal();
  expect(told).toContain(`${path} is damaged at byte `);
  expect(told).toContain('wildrydes reset');
  expect(readFileSync(path)).toEqual(damaged);
});

test('a changed number in what is stored of a stream keeps the cloud from starting', async () => {
  const path = join(folder, 'kinesis', STREAMS.readings, 'stream.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"retentionHours": 24', '"retentionHours": 14'));
  expect(await refusal()).toContain(`${path} is damaged`);
});

test.each([
  ['a cut', (path: string) => truncateSync(path, statSync(path).size - 7)],
  ['a changed byte in a', (path: string) => spoil(path, Math.floor(statSync(path).size / 2))],
])(
  '%s checkpoint: the one before it is used, and said; nothing is lost or counted twice',
  async (_, damage) => {
    const path = join(folder, 'aggregation', 'checkpoint');
    damage(path);
    const cloud = await start();
    await expectAllOf(cloud, readings);
    await cloud.kill();
    const { stderr } = await cloud.running.finished;
    expect(stderr).toContain(`checkpoint ${path} is damaged`);
    expect(stderr).toContain(`going on from ${path}.previous`);
  },
);

test('two damaged checkpoints keep the cloud from starting, and are named', async () => {
  const path = join(folder, 'aggregation', 'checkpoint');
  for (const each of [path, `${path}.previous`]) truncateSync(each, 20);
  expect(await refusal()).toContain(`checkpoint ${path} is damaged`);
});

test('damaged positions of a mapping: it begins with the oldest record again, says so, and leaves nothing out', async () => {
  const positions = join(folder, 'lambda', 'checkpoints');
  const files = readdirSync(positions)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(positions, name));
  expect(files).toHaveLength(2);
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"checksum": ', '"checksum": 1'));
  }
  const cloud = await start();
  await expectAllOf(cloud, readings);
  await cloud.kill();
  const { stderr } = await cloud.running.finished;
  for (const file of files) expect(stderr).toContain(`${file} is damaged`);
});

test('tables that cannot be read keep the cloud from starting, and their folder is named', async () => {
  const path = join(folder, 'dynamodb', 'CURRENT');
  writeFileSync(path, 'MANIFEST-999999\n');
  const told = await refusal();
  expect(told).toContain(join(folder, 'dynamodb'));
});
