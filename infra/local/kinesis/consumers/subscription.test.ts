import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { cbor } from '@smithy/core/cbor';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { fromUtf8, toUtf8 } from '@smithy/core/serde';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openGateway } from '../../gateway/gateway.ts';
import type { ApiRequest, ApiResponse } from '../../gateway/service.ts';
import { type Bench, base64, bench } from '../fixture.ts';
import { fanOut } from './fixture.ts';

const ShardId = 'shardId-000000000000';

test('a slow client is waited for, and makes nobody read ahead', async () => {
  const b = await bench();
  let pulled = 0;
  const counted = async (request: ApiRequest): Promise<ApiResponse> => {
    const answer = await b.kinesis.handle(request);
    const { body } = answer;
    if (typeof body === 'string' || body instanceof Uint8Array) return answer;
    const pieces = body[Symbol.asyncIterator]();
    const next = () => {
      pulled += 1;
      return pieces.next();
    };
    return {
      ...answer,
      body: { [Symbol.asyncIterator]: () => ({ next, return: pieces.return!.bind(pieces) }) },
    };
  };
  const gateway = await openGateway({ port: 0, services: [{ ...b.kinesis, handle: counted }] });
  onTestFinished(() => gateway.close(0));
  const consumer = registered(b, 's');
  const Data = Buffer.alloc(700_000, 'x').toString('base64');
  for (let i = 0; i < 12; i++) b.ok('PutRecord', { StreamName: 's', PartitionKey: 'k', Data });

  const session = connect(gateway.endpoint);
  onTestFinished(() => session.destroy());
  const ask = (operation: string, input: object) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/',
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `Kinesis_20131202.${operation}`,
    });
    stream.end(JSON.stringify(input));
    return stream;
  };
  // It reads nothing: what the client's window does not take stays with the server.
  const slow = ask('SubscribeToShard', subscribing(consumer));
  await vi.waitFor(() => expect(pulled).toBeGreaterThan(1));
  for (let i = 0; i < 20; i++) for await (const _ of ask('ListStreams', {}));
  expect(pulled).toBeLessThan(6);
  // As base64.
  const all = (12 * 700_000 * 4) / 3;
  let bytes = 0;
  for await (const piece of slow) {
    bytes += (piece as Buffer).length;
    if (bytes > all) break;
  }
  expect(pulled).toBeGreaterThan(12);
});

test('damage is an exception among the events, and ends them', async () => {
  const f = await fanOut({ segmentBytes: 1, tailBytes: 0 });
  await f.createStream();
  const arn = await f.register();
  await f.put('a', 'b');
  const folder = join(f.bench.folder, 's', ShardId);
  const file = join(folder, readdirSync(folder).sort()[0]!);
  const bytes = readFileSync(file);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(file, bytes);
  const reader = await f.subscribe(arn);
  await expect(reader.event()).rejects.toMatchObject({
    name: 'InternalFailureException',
    message: `${file} is damaged at byte 0: the checksum of the record differs`,
  });
  expect(f.bench.logged.join()).toMatch('SubscribeToShard');
  expect(f.bench.kinesis.openSubscriptions).toBe(0);
});

/** Some puts, some events taken, and a client that begins anew where the last event said. */
const step = fc.oneof(
  fc.record({ put: fc.integer({ min: 1, max: 20 }), bytes: fc.constantFrom(1, 60_000) }),
  fc.record({ take: fc.integer({ min: 1, max: 3 }) }),
  fc.constant('again' as const),
);

test('every record comes once and in order, whoever goes on where', async () => {
  const b = await bench({ tailBytes: 100_000, segmentBytes: 500_000 });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.boolean(), async (steps, limited) => {
      const StreamName = `s${run++}`;
      const consumer = registered(b, StreamName);
      b.kinesis.enforceLimits(limited);
      const position: Position = { got: [], after: undefined };
      let put = 0;
      let events = subscribe(b, consumer, position);
      const take = async (): Promise<void> => {
        // A second's rest, so that limits never make it wait.
        b.clock.elapsed += 1000;
        note(position, await events.next());
      };
      for (const one of [...steps, { take: 1000 }]) {
        if (one === 'again') {
          await events.return?.();
          b.clock.elapsed += 5000;
          events = subscribe(b, consumer, position);
        } else if ('put' in one) {
          const Records = Array.from({ length: one.put }, (_, i) => ({
            PartitionKey: String(put + i),
            Data: base64('x'.repeat(one.bytes)),
          }));
          b.kinesis.enforceLimits(false);
          b.ok('PutRecords', { StreamName, Records });
          b.kinesis.enforceLimits(limited);
          put += one.put;
        } else {
          for (let i = 0; i < one.take && position.got.length < put; i++) await take();
        }
      }
      await events.return?.();
      expect(position.got).toEqual(Array.from({ length: put }, (_, i) => String(i)));
      expect(b.kinesis.openSubscriptions).toBe(0);
    }),
    { numRuns: 25 },
  );
});

interface Position {
  /** Partition keys. */
  readonly got: string[];
  after: string | undefined;
}

/** Registers consumer `c` of a new stream; its ARN. */
function registered(b: Bench, StreamName: string): string {
  b.ok('CreateStream', { StreamName });
  const StreamARN = b.kinesis.stream(StreamName)!.streamArn;
  return b.ok('RegisterStreamConsumer', { StreamARN, ConsumerName: 'c' }).Consumer.ConsumerARN;
}

function subscribing(ConsumerARN: string, after?: string): object {
  const StartingPosition =
    after === undefined ? { Type: 'TRIM_HORIZON' } : { Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after };
  return { ConsumerARN, ShardId, StartingPosition };
}

/** Messages without HTTP, in CBOR every other time. */
function subscribe(b: Bench, consumer: string, { after, got }: Position): AsyncIterator<Uint8Array> {
  const input = subscribing(consumer, after);
  const inCbor = got.length % 2 === 1;
  const { body } = b.kinesis.handle({
    method: 'POST',
    path: '/',
    headers: { 'content-type': inCbor ? 'application/x-amz-cbor-1.1' : 'application/x-amz-json-1.1' },
    body: Buffer.from(inCbor ? cbor.serialize(input) : JSON.stringify(input)),
    operation: 'SubscribeToShard',
    region: 'eu-west-1',
  }) as ApiResponse;
  return (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
}

const codec = new EventStreamCodec(toUtf8, fromUtf8);

function note(position: Position, { value, done }: IteratorResult<Uint8Array>): void {
  expect(done).toBe(false);
  const { headers, body } = codec.decode(value);
  if (headers[':event-type']?.value === 'initial-response') return;
  expect(headers[':event-type']?.value).toBe('SubscribeToShardEvent');
  const isCbor = headers[':content-type']?.value === 'application/x-amz-cbor-1.1';
  const event = (isCbor ? cbor.deserialize(body) : JSON.parse(Buffer.from(body).toString())) as {
    readonly Records: readonly { readonly PartitionKey: string }[];
    readonly ContinuationSequenceNumber: string;
  };
  position.got.push(...event.Records.map(({ PartitionKey }) => PartitionKey));
  position.after = event.ContinuationSequenceNumber;
}
