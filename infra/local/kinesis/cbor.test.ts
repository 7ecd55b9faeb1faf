import { cbor, tag } from '@smithy/core/cbor';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { fromUtf8, toUtf8 } from '@smithy/core/serde';
import { expect, test } from 'vitest';
import { type Bench, bench, START } from './fixture.ts';

const CBOR = 'application/x-amz-cbor-1.1';

interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by their AWS names
  readonly body: any;
}

async function send(b: Bench, operation: string, body: Uint8Array) {
  return b.kinesis.handle({
    method: 'POST',
    path: '/',
    headers: { 'content-type': CBOR },
    body: Buffer.from(body),
    operation,
    region: 'eu-west-1',
  });
}

async function call(b: Bench, operation: string, input: unknown): Promise<Reply> {
  const { status, headers, body } = await send(b, operation, cbor.serialize(input));
  expect(headers['content-type']).toBe(CBOR);
  return { status, body: body === '' ? undefined : cbor.deserialize(body as Uint8Array) };
}

test('speaks CBOR: bytes are bytes, times are milliseconds', async () => {
  const b = await bench();
  expect(await call(b, 'CreateStream', { StreamName: 's' })).toEqual({ status: 200, body: undefined });
  const Data = Buffer.from([0, 1, 254, 255]);
  const Records = [{ PartitionKey: 'ä', Data }];
  expect(await call(b, 'PutRecords', { StreamName: 's', Records })).toMatchObject({
    status: 200,
    body: { FailedRecordCount: 0 },
  });
  const place = { StreamName: 's', ShardId: 'shardId-000000000000', ShardIteratorType: 'AT_TIMESTAMP' };
  const found = async (value: number): Promise<unknown[]> => {
    const { body } = await call(b, 'GetShardIterator', { ...place, Timestamp: tag({ tag: 1, value }) });
    return (await call(b, 'GetRecords', body)).body.Records;
  };
  expect(await found(START - 1)).toEqual([
    {
      SequenceNumber: expect.any(String),
      ApproximateArrivalTimestamp: expect.objectContaining({ tag: 1, value: START }),
      Data,
      PartitionKey: 'ä',
    },
  ]);
  b.clock.time += 10;
  expect(await found(START + 1)).toEqual([]);
});

test('says in CBOR what went wrong', async () => {
  const b = await bench();
  expect(await call(b, 'DescribeStream', { StreamName: 's' })).toEqual({
    status: 400,
    body: {
      __type: 'ResourceNotFoundException',
      message: 'Stream s under account 000000000000 not found.',
    },
  });
  expect((await call(b, 'Nonsense', {})).body.__type).toBe('UnknownOperationException');
  for (const bytes of [[], [0xff], [0x81], Buffer.from('{"StreamName":"s"}')]) {
    const { status, body } = await send(b, 'DescribeStream', Buffer.from(bytes));
    expect(status).toBe(400);
    expect(cbor.deserialize(body as Uint8Array).__type).toBe('SerializationException');
  }
});

test('sends events with contents in CBOR', async () => {
  const b = await bench();
  b.ok('CreateStream', { StreamName: 's' });
  b.ok('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: 'AAEC' });
  const StreamARN = 'arn:aws:kinesis:eu-west-1:000000000000:stream/s';
  const { Consumer } = (await call(b, 'RegisterStreamConsumer', { StreamARN, ConsumerName: 'c' })).body;
  const input = {
    ConsumerARN: Consumer.ConsumerARN,
    ShardId: 'shardId-000000000000',
    StartingPosition: { Type: 'TRIM_HORIZON' },
  };
  const { headers, body } = await send(b, 'SubscribeToShard', cbor.serialize(input));
  expect(headers['content-type']).toBe('application/vnd.amazon.eventstream');
  const codec = new EventStreamCodec(toUtf8, fromUtf8);
  const events: unknown[] = [];
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    const { headers: sent, body: contents } = codec.decode(piece);
    expect(sent[':content-type']).toEqual({ type: 'string', value: CBOR });
    events.push(cbor.deserialize(contents));
    if (events.length === 2) break;
  }
  expect(events).toMatchObject([{}, { Records: [{ Data: Uint8Array.of(0, 1, 2) }], MillisBehindLatest: 0 }]);
  expect(b.kinesis.openSubscriptions).toBe(0);
});
