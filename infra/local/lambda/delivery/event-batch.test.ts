import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ENVELOPE_BYTES,
  type EventBatch,
  type EventSource,
  eventBatch,
  eventOf,
  eventRecordMeasure,
} from './event-batch.ts';
import type { KinesisEventRecord } from './kinesis-event.ts';

const source: EventSource = {
  kind: 'kinesis',
  streamName: 'lambda-stream',
  shardId: 'shardId-000000000006',
  streamArn: 'arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream',
  region: 'us-east-2',
  roleArn: 'arn:aws:iam::123456789012:role/lambda-role',
};

describe('the event of a batch', () => {
  test("is AWS's own example, attribute for attribute", () => {
    const record = {
      index: 0,
      sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
      partitionKey: '1',
      data: Buffer.from('Hello, this is a test.'),
      arrival: 1_545_084_650_987,
    };
    const expected = `{"Records":[{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":"1","sequenceNumber":"49590338271490256608559692538361571095921575989136588898","data":"SGVsbG8sIHRoaXMgaXMgYSB0ZXN0Lg==","approximateArrivalTimestamp":1545084650.987},"eventSource":"aws:kinesis","eventVersion":"1.0","eventID":"shardId-000000000006:49590338271490256608559692538361571095921575989136588898","eventName":"aws:kinesis:record","invokeIdentityArn":"arn:aws:iam::123456789012:role/lambda-role","awsRegion":"us-east-2","eventSourceARN":"arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream"}]}`;
    expect(JSON.stringify(eventOf(eventBatch([record], source)))).toBe(expected);
  });

  test('carries any bytes and any partition key unharmed', () => {
    const data = Buffer.from([0, 255, 254, 128, 10, 34]);
    const record = { index: 0, sequenceNumber: '1', partitionKey: '🦄 "quoted" \n', data, arrival: 1_000 };
    const [received] = eventOf(eventBatch([record], source)).Records as readonly KinesisEventRecord[];
    expect(Buffer.from(received?.kinesis.data ?? '', 'base64')).toEqual(data);
    expect(received?.kinesis.partitionKey).toBe('🦄 "quoted" \n');
    expect(received?.kinesis.approximateArrivalTimestamp).toBe(1);
  });

  test('is the same after a journey to another process, whose buffers are views of larger ones', () => {
    const records = ['neigh', 'whinny'].map((text, index) => ({
      index,
      sequenceNumber: String(index),
      partitionKey: 'k',
      data: Buffer.from(JSON.stringify({ text })),
      arrival: 1_000,
    }));
    for (const kind of ['kinesis', 'dynamodb'] as const) {
      const batch = eventBatch(records, { ...source, kind });
      const received = deserialize(serialize(batch)) as EventBatch;
      expect(received.data.byteOffset).toBeGreaterThan(0);
      expect(eventOf(received)).toEqual(eventOf(batch));
    }
  });

  test('has exactly the measured size', () => {
    const record = fc.record({
      index: fc.nat(),
      sequenceNumber: fc.bigInt({ min: 0n, max: 10n ** 56n }).map(String),
      partitionKey: fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
      data: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
      arrival: fc.integer({ min: 0, max: 4_102_444_800_000 }),
    });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), (records) => {
        const measure = eventRecordMeasure(source);
        const measured = records.reduce((sum, one) => sum + measure(one), ENVELOPE_BYTES);
        expect(measured).toBe(Buffer.byteLength(JSON.stringify(eventOf(eventBatch(records, source)))));
      }),
    );
  });
});
