import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import type { ApiRequest } from '../gateway/service.ts';
import { base64, bench, handClock, temporaryFolder, texts } from './fixture.ts';
import { createKinesis } from './service.ts';

function request(operation: string, body: string): ApiRequest {
  return {
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: Buffer.from(body),
    operation,
    region: 'us-east-1',
  };
}

test('answers in JSON 1.1', async () => {
  const b = await bench();
  const reply = b.call('ListStreams', {});
  expect(reply).toMatchObject({ status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' } });
  expect(b.kinesis).toMatchObject({ signingName: 'kinesis', targetPrefixes: ['Kinesis_20131202'] });
});

test.each(['', '{', 'null', '[]', '7', '"text"', '{"StreamName":'])('refuses the body %s', async (body) => {
  const b = await bench();
  for (const operation of ['PutRecords', 'PutRecord', 'CreateStream', 'GetRecords']) {
    expect(b.call(operation, body)).toMatchObject({
      status: 400,
      body: { __type: 'SerializationException' },
    });
  }
});

test.each(['CreateChannel', 'Nonsense', 'constructor', ''])(
  'names the operation %s that it does not offer',
  async (operation) => {
    const b = await bench();
    const reply = b.call(operation, {});
    expect(reply.status).toBe(400);
    expect(reply.body.__type).toBe('UnknownOperationException');
    expect(reply.body.message).toMatch(operation === '' ? 'without a name' : `does not offer ${operation}.`);
  },
);

test('answers a fault of its own with InternalFailure, and logs where it came from', async () => {
  const b = await bench();
  b.clock.now = () => {
    throw new TypeError('no clock');
  };
  expect(b.call('CreateStream', { StreamName: 's' })).toMatchObject({
    status: 500,
    body: { __type: 'InternalFailure', message: 'Internal service failure.' },
  });
  expect(b.logged.join()).toMatch(/TypeError: no clock\n\s+at /);
});

test('keeps its streams when it is opened again', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  b.ok('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: base64('x') });
  await b.reopen();
  expect(b.kinesis.streams()).toEqual([
    { streamName: 's', shards: 1, records: 1, bytes: expect.any(Number) },
  ]);
  expect(b.kinesis.stream('s')!.streamArn).toBe('arn:aws:kinesis:eu-west-1:000000000000:stream/s');
  expect(b.kinesis.stream('t')).toBeUndefined();
});

test('without a folder leaves nothing behind', async () => {
  const ours = () =>
    readdirSync(tmpdir()).filter((name) => name.startsWith(`wildrydes-cloud-${process.pid}-`));
  const before = new Set(ours());
  const kinesis = await createKinesis({ folder: null, clock: handClock() });
  const [folder] = ours().filter((name) => !before.has(name));
  expect(folder).toBeDefined();
  await kinesis.handle(request('CreateStream', '{"StreamName":"s"}'));
  expect(kinesis.streams()).toHaveLength(1);
  await kinesis.close();
  expect(existsSync(join(tmpdir(), folder!))).toBe(false);
});

test('has every acknowledged record after kill -9', async () => {
  const scratch = temporaryFolder();
  const folder = join(scratch, 'state');
  const program = join(scratch, 'writer.mjs');
  await build({
    stdin: { contents: WRITER, resolveDir: import.meta.dirname, loader: 'ts' },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  const acknowledged: number[] = [];
  let start = 0;
  for (let life = 0; life < 3; life++) {
    const writer = spawn(process.execPath, [program, folder, String(start)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void writer.kill('SIGKILL'));
    const end = await lastLine(writer, 40);
    for (let i = start; i < end; i++) acknowledged.push(i);
    const kinesis = await createKinesis({ folder, clock: handClock() });
    const shards = kinesis.stream('s')!.shards;
    const found = new Set(
      shards.flatMap((shard) =>
        shard.read(0, 1e6, 1e9).map(({ data }) => Number(data.toString().split(' ')[0])),
      ),
    );
    expect(acknowledged.filter((i) => !found.has(i))).toEqual([]);
    // Some of the request under way may be there too, in one shard or in both: the next life continues after it.
    start = Math.max(...found) + 1;
    await kinesis.close();
  }
});

/** Puts records numbered from argv[3] on, 20 at a time, into two shards; prints how many were acknowledged. */
const WRITER = `
import { createKinesis } from './service.ts';
const kinesis = await createKinesis({
  folder: process.argv[2],
  clock: { now: () => Date.now(), monotonic: () => performance.now() },
  segmentBytes: 20_000,
});
const call = (operation, body) => kinesis.handle({
  method: 'POST', path: '/', headers: {}, body: Buffer.from(JSON.stringify(body)), operation, region: 'us-east-1',
});
call('CreateStream', { StreamName: 's', ShardCount: 2 });
let next = Number(process.argv[3]);
for (;;) {
  const Records = Array.from({ length: 20 }, (_, i) => ({
    PartitionKey: String(next + i),
    Data: Buffer.from((next + i) + ' ' + 'x'.repeat(100)).toString('base64'),
  }));
  const { status, body } = call('PutRecords', { StreamName: 's', Records });
  if (status !== 200 || JSON.parse(body).FailedRecordCount > 0) throw new Error(body);
  next += 20;
  process.stdout.write(next + '\\n');
  await new Promise(setImmediate);
}
`;

/** Kills the process without warning after some lines; the last line that it got out. */
async function lastLine(child: ChildProcess, lines: number): Promise<number> {
  let last = Number.NaN;
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout! })) {
    last = Number(line);
    seen += 1;
    if (seen === lines) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
  return last;
}

test('refuses to open over damage, leaving it as it is', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  b.ok('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: base64('x') });
  b.ok('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: base64('y') });
  await b.kinesis.close();
  const file = join(b.folder, 's', 'shardId-000000000000', '000000000000000.log');
  const { size } = statSync(file);
  writeFileSync(file, Buffer.alloc(size, 7));
  await expect(createKinesis({ folder: b.folder, clock: b.clock })).rejects.toMatchObject({
    code: 'STATE_CORRUPT',
    message: `${file} is damaged at byte 0: no record begins here`,
  });
  expect(statSync(file).size).toBe(size);
});

test('serves a reader that tails and one that catches up at once', async () => {
  const b = await bench({ tailBytes: 2000, segmentBytes: 5000 });
  b.ok('CreateStream', { StreamName: 's' });
  const ask = (ShardIteratorType: string) =>
    b.ok('GetShardIterator', { StreamName: 's', ShardId: 'shardId-000000000000', ShardIteratorType })
      .ShardIterator;
  const readers = [ask('TRIM_HORIZON'), ask('LATEST')].map((iterator) => ({
    iterator,
    read: [] as string[],
  }));
  const step = (Limit: number): void => {
    for (const reader of readers) {
      const answer = b.ok('GetRecords', { ShardIterator: reader.iterator, Limit });
      reader.iterator = answer.NextShardIterator;
      reader.read.push(...texts(answer.Records));
    }
  };
  const put = Array.from({ length: 400 }, (_, i) => `record ${i}`);
  for (const [i, text] of put.entries()) {
    b.ok('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: base64(text) });
    if (i % 7 === 0) step(i % 3 === 0 ? 1 : 20);
  }
  for (let i = 0; i < 40; i++) step(100);
  for (const { read } of readers) expect(read).toEqual(put);
});
