import {
  DeleteStreamCommand,
  DeregisterStreamConsumerCommand,
  type KinesisServiceException,
  PutRecordCommand,
  PutRecordsCommand,
  SplitShardCommand,
  SubscribeToShardCommand,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { expect, test, vi } from 'vitest';
import { type FanOut, fanOut, type Subscribing } from '../consumers/fixture.ts';
import { START } from '../fixture.ts';

const FIVE_MINUTES = 300_000;

async function ready(shardCount = 1): Promise<FanOut & { readonly arn: string }> {
  const f = await fanOut();
  await f.createStream(shardCount);
  return { ...f, arn: await f.register() };
}

test('sends what is put, in one iteration, with where to go on', async () => {
  const f = await ready();
  const reader = await f.subscribe(f.arn, { from: { Type: 'LATEST' } });
  const first = await reader.event();
  expect(first).toEqual({
    Records: [],
    ContinuationSequenceNumber: expect.stringMatching(/^49\d{54}$/),
    MillisBehindLatest: 0,
  });
  await f.put('one');
  const second = await reader.event();
  expect(second).toMatchObject({ MillisBehindLatest: 0 });
  const [record] = second!.Records!;
  expect(record).toMatchObject({
    PartitionKey: 'k',
    SequenceNumber: second!.ContinuationSequenceNumber,
    ApproximateArrivalTimestamp: new Date(START),
  });
  expect(Buffer.from(record!.Data!).toString()).toBe('one');
  await f.put('two', 'three');
  expect(await reader.texts(2)).toEqual(['two', 'three']);
});

test('speaks HTTP/1.1 as well', async () => {
  const f = await ready();
  const client = f.another({ requestHandler: new NodeHttpHandler() });
  const reader = await f.subscribe(f.arn, { client });
  await f.put('one', 'two');
  expect(await reader.texts(2)).toEqual(['one', 'two']);
});

test('begins where it is told', async () => {
  const f = await ready();
  await f.put('one', 'two');
  f.time.advance(1000);
  await f.put('three');
  const reader = await f.subscribe(f.arn);
  const { Records = [] } = (await reader.event())!;
  const two = Records[1]!.SequenceNumber!;
  const from = async (position: NonNullable<Subscribing['from']>, count: number) => {
    f.time.advance(5000);
    return (await f.subscribe(f.arn, { from: position })).texts(count);
  };
  expect(Records).toHaveLength(3);
  expect(await from({ Type: 'AT_SEQUENCE_NUMBER', SequenceNumber: two }, 2)).toEqual(['two', 'three']);
  expect(await from({ Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: two }, 1)).toEqual(['three']);
  expect(await from({ Type: 'AT_TIMESTAMP', Timestamp: new Date(START + 500) }, 1)).toEqual(['three']);
});

test('goes on after a continuation sequence number, also of an event without records', async () => {
  const f = await ready();
  const empty = (await (await f.subscribe(f.arn)).event())!.ContinuationSequenceNumber!;
  f.time.advance(5000);
  const reader = await f.subscribe(f.arn, {
    from: { Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: empty },
  });
  await f.put('one');
  await reader.event();
  const { ContinuationSequenceNumber } = (await reader.event())!;
  await f.put('two');
  f.time.advance(5000);
  const next = await f.subscribe(f.arn, {
    from: { Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: ContinuationSequenceNumber },
  });
  expect(await next.texts(1)).toEqual(['two']);
});

test('gives each consumer every record', async () => {
  const f = await ready();
  const readers = [await f.subscribe(f.arn), await f.subscribe(await f.register('d'))];
  await f.put('one', 'two', 'three');
  for (const reader of readers) expect(await reader.texts(3)).toEqual(['one', 'two', 'three']);
});

test('names the children at the end of a closed shard, and ends', async () => {
  const f = await ready();
  await f.put('one');
  const reader = await f.subscribe(f.arn);
  expect(await reader.texts(1)).toEqual(['one']);
  await f.client.send(
    new SplitShardCommand({
      StreamName: 's',
      ShardToSplit: 'shardId-000000000000',
      NewStartingHashKey: String(2n ** 127n),
    }),
  );
  const last = await reader.event();
  expect(last).toMatchObject({
    Records: [],
    MillisBehindLatest: 0,
    ChildShards: [
      { ShardId: 'shardId-000000000001', ParentShards: ['shardId-000000000000'] },
      { ShardId: 'shardId-000000000002', ParentShards: ['shardId-000000000000'] },
    ],
  });
  expect(last).not.toHaveProperty('ContinuationSequenceNumber');
  expect(await reader.event()).toBeUndefined();
  const hashKeys = ['0', String(2n ** 128n - 1n)];
  for (const [i, ExplicitHashKey] of hashKeys.entries()) {
    const Data = Buffer.from(`child ${i}`);
    await f.client.send(new PutRecordCommand({ StreamName: 's', PartitionKey: 'k', ExplicitHashKey, Data }));
    expect(await (await f.subscribe(f.arn, { shard: 1 + i })).texts(1)).toEqual([`child ${i}`]);
  }
});

test('sends an empty event every five seconds while there is nothing', async () => {
  const f = await ready();
  const reader = await f.subscribe(f.arn);
  await reader.event();
  for (let i = 0; i < 3; i++) {
    f.time.advance(5000);
    expect(await reader.event()).toMatchObject({ Records: [], MillisBehindLatest: 0 });
  }
});

test('ends after five minutes, and leaves no timer', async () => {
  const f = await ready();
  const reader = await f.subscribe(f.arn);
  await reader.event();
  f.time.advance(FIVE_MINUTES - 1);
  expect(await reader.event()).toMatchObject({ Records: [] });
  f.time.advance(1);
  expect(await reader.event()).toBeUndefined();
  expect(f.bench.kinesis.openSubscriptions).toBe(0);
  expect(f.time.pending).toBe(0);
});

test('refuses another call of the consumer within five seconds, also when the first has ended', async () => {
  const f = await ready(2);
  const inUse = {
    name: 'ResourceInUseException',
    message: 'Another active subscription exists for this consumer: 000000000000:s:shardId-000000000000:c',
  };
  const away = new AbortController();
  const reader = await f.subscribe(f.arn, { abortSignal: away.signal });
  await reader.event();
  f.time.advance(4999);
  await expect(f.subscribe(f.arn)).rejects.toMatchObject(inUse);
  await expect(f.subscribe(f.arn, { shard: 1 })).resolves.toBeDefined();
  away.abort();
  await vi.waitFor(() => expect(f.bench.kinesis.openSubscriptions).toBe(1));
  await expect(f.subscribe(f.arn)).rejects.toMatchObject(inUse);
  f.time.advance(1);
  await f.put('one');
  await expect(f.subscribe(f.arn)).resolves.toBeDefined();
});

test('takes over after five seconds, and tells the first', async () => {
  const f = await ready();
  const first = await f.subscribe(f.arn);
  await first.event();
  f.time.advance(5000);
  await first.event();
  const second = await f.subscribe(f.arn);
  await expect(first.event()).rejects.toMatchObject({
    name: 'ResourceInUseException',
    message: 'Another active subscription exists for this consumer: 000000000000:s:shardId-000000000000:c',
  });
  await f.put('one');
  expect(await second.texts(1)).toEqual(['one']);
  expect(f.bench.kinesis.openSubscriptions).toBe(1);
});

test('lets go when the client goes away', async () => {
  const f = await ready();
  const away = new AbortController();
  const reader = await f.subscribe(f.arn, { abortSignal: away.signal });
  await reader.event();
  expect(f.bench.kinesis.openSubscriptions).toBe(1);
  away.abort();
  await vi.waitFor(() => expect(f.bench.kinesis.openSubscriptions).toBe(0));
  await vi.waitFor(() => expect(f.time.pending).toBe(0));
  expect(f.bench.logged).toEqual([]);
});

test('ends with an exception when the stream is deleted', async () => {
  const f = await ready();
  const reader = await f.subscribe(f.arn);
  await reader.event();
  await f.client.send(new DeleteStreamCommand({ StreamName: 's', EnforceConsumerDeletion: true }));
  await expect(reader.event()).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Stream s under account 000000000000 not found.',
  });
  expect(f.bench.kinesis.openSubscriptions).toBe(0);
});

test('ends with an exception when the consumer is deregistered, and lets it begin anew', async () => {
  const f = await ready();
  const reader = await f.subscribe(f.arn);
  await reader.event();
  await f.client.send(new DeregisterStreamConsumerCommand({ ConsumerARN: f.arn }));
  await expect(reader.event()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await expect(f.subscribe(f.arn)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  const again = await f.register();
  expect(again).not.toBe(f.arn);
  await expect(f.subscribe(again)).resolves.toBeDefined();
});

test('sends a backlog an event of a mebibyte at a time', async () => {
  const f = await ready();
  const Data = Buffer.alloc(512 * 1024 - 2, 'x');
  const Records = Array.from({ length: 8 }, (_, i) => ({ PartitionKey: String(i), Data }));
  await f.client.send(new PutRecordsCommand({ StreamName: 's', Records }));
  const reader = await f.subscribe(f.arn);
  const keys: string[] = [];
  while (keys.length < 8) {
    const { Records: some = [], MillisBehindLatest } = (await reader.event())!;
    keys.push(...some.map(({ PartitionKey }) => PartitionKey!));
    expect(some).toHaveLength(2);
    expect(MillisBehindLatest! > 0).toBe(keys.length < 8);
  }
  expect(keys).toEqual(Array.from({ length: 8 }, (_, i) => String(i)));
});

test('gives two mebibytes a second while limits are enforced', async () => {
  const f = await ready();
  const Data = Buffer.alloc(512 * 1024 - 1, 'x');
  const Records = Array.from({ length: 10 }, () => ({ PartitionKey: 'k', Data }));
  await f.client.send(new PutRecordsCommand({ StreamName: 's', Records }));
  f.bench.kinesis.enforceLimits(true);
  const reader = await f.subscribe(f.arn);
  expect(await reader.texts(4)).toHaveLength(4);
  await vi.waitFor(() => expect(f.time.pending).toBe(1));
  f.time.advance(499);
  expect(f.time.pending).toBe(1);
  f.time.advance(1);
  expect(await reader.texts(2)).toHaveLength(2);
  await vi.waitFor(() => expect(f.time.pending).toBe(1));
  f.bench.kinesis.enforceLimits(false);
  f.time.advance(500);
  expect(await reader.texts(4)).toHaveLength(4);
});

test.each([
  [{ StartingPosition: { Type: 'AT_SEQUENCE_NUMBER' } }, 'InvalidArgumentException'],
  [{ StartingPosition: { Type: 'LATEST', SequenceNumber: '1' } }, 'InvalidArgumentException'],
  [{ StartingPosition: { Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: '1' } }, 'InvalidArgumentException'],
  [{ StartingPosition: { Type: 'AT_TIMESTAMP' } }, 'InvalidArgumentException'],
  [{ StartingPosition: { Type: 'AT_TIMESTAMP', Timestamp: START } }, 'InvalidArgumentException'],
  [{ StartingPosition: { Type: 'NOW' } }, 'ValidationException'],
  [{ StartingPosition: undefined }, 'ValidationException'],
  [{ StartingPosition: [] }, 'SerializationException'],
  [{ ShardId: 'shardId-000000000001' }, 'ResourceNotFoundException'],
  [{ ShardId: 'constructor' }, 'ResourceNotFoundException'],
  [{ ConsumerARN: 'arn' }, 'ValidationException'],
  [
    { ConsumerARN: 'arn:aws:kinesis:us-west-2:000000000000:stream/s/consumer/c:1' },
    'ResourceNotFoundException',
  ],
  [
    { ConsumerARN: 'arn:aws:kinesis:us-west-2:000000000000:stream/__proto__/consumer/c:1' },
    'ResourceNotFoundException',
  ],
])('refuses %j before any event', async (wrong, type) => {
  const f = await ready();
  const right = {
    ConsumerARN: f.arn,
    ShardId: 'shardId-000000000000',
    StartingPosition: { Type: 'TRIM_HORIZON' },
  };
  const reply = f.bench.call('SubscribeToShard', { ...right, ...wrong });
  expect(reply).toMatchObject({ status: 400, body: { __type: type } });
  expect(f.bench.kinesis.openSubscriptions).toBe(0);
});

test('says of a dry run that it would have succeeded, and subscribes nobody', async () => {
  const f = await ready();
  const command = (ShardId: string) =>
    new SubscribeToShardCommand({
      ConsumerARN: f.arn,
      ShardId,
      StartingPosition: { Type: 'LATEST' },
      DryRun: true,
    });
  const refusal = (ShardId: string) =>
    f.client.send(command(ShardId)).then(
      () => 'none',
      (error: KinesisServiceException) => error.name,
    );
  expect(await refusal('shardId-000000000000')).toBe('DryRunOperationException');
  expect(await refusal('shardId-000000000009')).toBe('ResourceNotFoundException');
  await expect(f.subscribe(f.arn)).resolves.toBeDefined();
});

test('ends at shutdown, and lets the gateway close at once', async () => {
  const f = await ready();
  const reader = await f.subscribe(f.arn);
  await reader.event();
  f.bench.kinesis.endSubscriptions();
  expect(await reader.event()).toBeUndefined();
  f.client.destroy();
  await f.gateway.close(60_000);
});
