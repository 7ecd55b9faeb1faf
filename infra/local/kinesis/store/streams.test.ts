import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WildRydesError } from '../../../../telemetry/errors.ts';
import { base64, START, temporaryFolder } from '../fixture.ts';
import type { StoreOptions } from './stream.ts';
import { folderOf, Streams } from './streams.ts';

const settings = { region: 'us-east-1', mode: 'PROVISIONED', shardCount: 1, retentionHours: 24 } as const;

function newStreams(folder = temporaryFolder()) {
  const logged: string[] = [];
  const options: StoreOptions = {
    now: () => START,
    log: (line) => logged.push(line),
    write: writeSync,
    segmentBytes: 1_000_000,
    tailBytes: 100_000,
  };
  return { folder, options, logged, open: () => Streams.open(folder, options) };
}

function put(streams: Streams, streamName: string, key: string): void {
  const [shard] = streams.get(streamName)!.shards;
  shard!.stage(START, key, base64('data'));
  shard!.commit();
}

function keys(streams: Streams, streamName: string): string[] {
  const read = streams.get(streamName)!.shards[0]!.read(0, 100, 1e6);
  return read.map(({ partitionKey }) => partitionKey);
}

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof WildRydesError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'none';
}

test('finds its streams again', async () => {
  const { open } = newStreams();
  const streams = open();
  for (const streamName of [
    'wildrydes',
    'Wildrydes',
    '..',
    '.',
    'a.b',
    'con',
    'x'.repeat(128),
    'creating',
    'Creating',
  ]) {
    streams.create({ ...settings, streamName });
    put(streams, streamName, streamName);
  }
  const names = streams.all().map(({ streamName }) => streamName);
  await streams.close();
  const again = open();
  expect(again.all().map(({ streamName }) => streamName)).toEqual(names);
  for (const streamName of names) expect(keys(again, streamName)).toEqual([streamName]);
  await again.close();
});

test('gives every name a folder of its own that is safe everywhere', () => {
  const character = fc.constantFrom(...'abcXYZ019_.-');
  const name = fc.string({ unit: character, minLength: 1, maxLength: 128 });
  fc.assert(
    fc.property(name, name, (a, b) => {
      expect(folderOf(a)).toMatch(/^[a-z0-9_~-]{1,80}$/);
      expect(folderOf(a) === folderOf(b)).toBe(a === b);
    }),
  );
  expect(folderOf('wildrydes-aggregated')).toBe('wildrydes-aggregated');
  expect(folderOf('..')).toMatch(/^__~[0-9a-f]{16}$/);
  expect(folderOf('NUL')).not.toBe('nul');
});

test('keeps nothing outside its folder', async () => {
  const outside = temporaryFolder();
  const { open } = newStreams(join(outside, 'kinesis'));
  const streams = open();
  for (const streamName of ['.', '..', '...']) streams.create({ ...settings, streamName });
  streams.delete(streams.get('..')!);
  await streams.close();
  expect(readdirSync(outside)).toEqual(['kinesis']);
  expect(readdirSync(join(outside, 'kinesis'))).toHaveLength(2);
});

test('deletes a stream for good, also for who still holds it', async () => {
  const { folder, open } = newStreams();
  const streams = open();
  const stream = streams.create({ ...settings, streamName: 'gone' });
  put(streams, 'gone', 'k');
  const [shard] = stream.shards;
  const told = new Promise<void>((resolve) => stream.onShards(resolve));
  streams.delete(stream);
  expect(streams.get('gone')).toBeUndefined();
  await told;
  expect(stream.shards).toEqual([]);
  expect(shard!.read(0, 10, 1000)).toEqual([]);
  expect(shard!.closed).toBe(true);
  await streams.close();
  expect(readdirSync(folder)).toEqual([]);
});

test('of the same name has other sequence numbers, even in the same millisecond', () => {
  const { open } = newStreams();
  const streams = open();
  const first = streams.create({ ...settings, streamName: 'again' });
  const [before] = first.shards;
  const number = before!.sequenceNumber(0);
  streams.delete(first);
  const [after] = streams.create({ ...settings, streamName: 'again' }).shards;
  put(streams, 'again', 'k');
  expect(after!.indexOf(after!.sequenceNumber(0))).toBe(0);
  expect(after!.indexOf(number)).toBeUndefined();
});

test('tells of streams that come and go', async () => {
  const { open } = newStreams();
  const streams = open();
  const heard: string[] = [];
  const stop = streams.onStream((streamName) => heard.push(streamName));
  streams.create({ ...settings, streamName: 'a' });
  streams.delete(streams.get('a')!);
  expect(heard).toEqual([]);
  await new Promise(setImmediate);
  expect(heard).toEqual(['a', 'a']);
  stop();
  streams.create({ ...settings, streamName: 'b' });
  await new Promise(setImmediate);
  expect(heard).toEqual(['a', 'a']);
});

test('removes what an interrupted creation or deletion left', async () => {
  const { folder, open } = newStreams();
  const streams = open();
  streams.create({ ...settings, streamName: 'kept' });
  streams.create({ ...settings, streamName: 'lost' });
  await streams.close();
  renameSync(join(folder, 'lost'), join(folder, '.deleted-1-lost'));
  mkdirSync(join(folder, '.creating-half'));
  const again = open();
  expect(again.all().map(({ streamName }) => streamName)).toEqual(['kept']);
  expect(readdirSync(folder)).toEqual(['kept']);
});

test('says what is damaged', async () => {
  const { folder, open } = newStreams();
  const streams = open();
  for (const streamName of ['a', 'b']) streams.create({ ...settings, streamName });
  await streams.close();
  const file = join(folder, 'a', 'stream.json');
  const good = readFileSync(file, 'utf8');
  writeFileSync(file, good.slice(0, 20));
  expect(refusal(open)).toMatch(`STATE_CORRUPT: ${file} is damaged`);
  writeFileSync(file, '{"version": 2}');
  expect(refusal(open)).toMatch('its version must be 1 (given 2)');
  writeFileSync(file, good.replace('"retention', '"Retention'));
  expect(refusal(open)).toMatch('its checksum differs');
  writeFileSync(file, readFileSync(join(folder, 'b', 'stream.json')));
  expect(refusal(open)).toMatch('it holds the stream b, which belongs in another folder');
  writeFileSync(file, good);
  renameSync(join(folder, 'a', 'shardId-000000000000'), join(folder, 'a', 'shardId-moved'));
  expect(refusal(open)).toMatch(/STATE_CORRUPT: .*shardId-000000000000/);
});

test('says that its folder cannot be used', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  expect(refusal(newStreams(join(folder, 'file')).open)).toMatch('STATE_UNUSABLE: cannot use the folder');
});

test('leaves nothing of a stream that could not be made', () => {
  const { folder, open } = newStreams();
  const streams = open();
  writeFileSync(join(folder, 'blocked'), 'in the way');
  expect(refusal(() => streams.create({ ...settings, streamName: 'blocked' }))).toMatch(
    'STATE_UNUSABLE: cannot create stream blocked',
  );
  expect(streams.get('blocked')).toBeUndefined();
  expect(readdirSync(folder)).toEqual(['blocked']);
  expect(existsSync(join(folder, '.creating-blocked'))).toBe(false);
});
