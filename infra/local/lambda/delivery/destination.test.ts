import { expect, test } from 'vitest';
import { createDestination, type Outlets } from './destination.ts';
import { type EventSource, eventBatch, eventOf } from './event-batch.ts';
import type { Discarded } from './failure-record.ts';

// The example of AWS's page, in its figures.
const source: EventSource = {
  kind: 'kinesis',
  shardId: 'shardId-000000000001',
  streamName: 'mystream',
  streamArn: 'arn:aws:kinesis:us-east-2:123456789012:stream/mystream',
  region: 'us-east-2',
  roleArn: 'arn:aws:iam::123456789012:role/role',
};
const records = [
  ['49601189658422359378836298521827638475320189012309704722', '2019-11-14T00:38:04.835Z'],
  ['49601189658422359378836298522902373528957594348623495186', '2019-11-14T00:38:05.580Z'],
].map(([sequenceNumber, arrival], index) => ({
  index,
  sequenceNumber: sequenceNumber!,
  partitionKey: 'k',
  data: Buffer.from('x'),
  arrival: Date.parse(arrival!),
}));
const discarded: Discarded = {
  condition: 'RetryAttemptsExhausted',
  batch: eventBatch(records, source),
  invocations: 1,
  requestId: 'c9b8fa9f-5a7f-4b1e-af9c-0c604cde93a5',
};
const EXPECTED = {
  requestContext: {
    requestId: 'c9b8fa9f-5a7f-4b1e-af9c-0c604cde93a5',
    functionArn: 'arn:aws:lambda:us-east-2:123456789012:function:myfunction',
    condition: 'RetryAttemptsExhausted',
    approximateInvokeCount: 1,
  },
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  version: '1.0',
  timestamp: '2019-11-14T00:38:06.021Z',
  KinesisBatchInfo: {
    shardId: 'shardId-000000000001',
    startSequenceNumber: '49601189658422359378836298521827638475320189012309704722',
    endSequenceNumber: '49601189658422359378836298522902373528957594348623495186',
    approximateArrivalOfFirstRecord: '2019-11-14T00:38:04.835Z',
    approximateArrivalOfLastRecord: '2019-11-14T00:38:05.580Z',
    batchSize: 2,
    streamArn: 'arn:aws:kinesis:us-east-2:123456789012:stream/mystream',
  },
};

function destination(arn: string, refusals = 0) {
  const told: { to: string; key?: string; body: unknown }[] = [];
  const log: string[] = [];
  let left = refusals;
  const refuse = () => {
    if (left-- > 0) throw new Error('no such thing');
  };
  const outlets: Outlets = {
    async publish(to, message) {
      refuse();
      told.push({ to, body: JSON.parse(message) });
    },
    async putObject(to, key, body) {
      refuse();
      told.push({ to, key, body: JSON.parse(body) });
    },
  };
  const tell = createDestination({
    arn,
    mappingId: '2b733adc-8ac3-4df5-af3a-1827b3b11284',
    functionArn: EXPECTED.requestContext.functionArn,
    outlets,
    clock: { now: () => Date.parse('2019-11-14T00:38:06.021Z'), monotonic: () => 0 },
    log: (line) => log.push(line),
  });
  return { tell, told, log };
}

const TOPIC = 'arn:aws:sns:us-east-2:123456789012:failures';

test('a topic gets the invocation record', async () => {
  const { tell, told } = destination(TOPIC);
  await tell(discarded);
  expect(told).toEqual([{ to: TOPIC, body: EXPECTED }]);
});

test('a bucket gets it with the event, under a key of the mapping, the shard and the time', async () => {
  const { tell, told } = destination('arn:aws:s3:::failures');
  await tell(discarded);
  const payload = JSON.stringify(eventOf(discarded.batch));
  expect(told).toMatchObject([{ to: 'failures', body: { ...EXPECTED, payload } }]);
  expect(told[0]?.key).toMatch(
    /^aws\/lambda\/2b733adc-8ac3-4df5-af3a-1827b3b11284\/shardId-000000000001\/2019\/11\/14\/2019-11-14T00\.38\.06-[0-9a-f-]{36}$/,
  );
});

test('records that nobody saw have no response', async () => {
  const { tell, told } = destination(TOPIC);
  await tell({ ...discarded, condition: 'RecordAgeExceeded', invocations: 0, requestId: null });
  const { responseContext: _, ...rest } = EXPECTED;
  const requestContext = {
    ...EXPECTED.requestContext,
    requestId: null,
    condition: 'RecordAgeExceeded',
    approximateInvokeCount: 0,
  };
  expect(told).toEqual([{ to: TOPIC, body: { ...rest, requestContext } }]);
});

test("records of a table's stream are told of as such", async () => {
  const { tell, told } = destination(TOPIC);
  await tell({ ...discarded, batch: { ...discarded.batch, source: { ...source, kind: 'dynamodb' } } });
  expect(told[0]?.body).toMatchObject({ DDBStreamBatchInfo: EXPECTED.KinesisBatchInfo });
});

test('a destination that fails is told again, and given up with a line in the log', async () => {
  const twice = destination(TOPIC, 2);
  await twice.tell(discarded);
  expect(twice.told).toHaveLength(1);
  expect(twice.log).toEqual([]);
  const always = destination(TOPIC, 3);
  await always.tell(discarded);
  expect(always.told).toEqual([]);
  expect(always.log).toEqual([`${TOPIC} was not told of records given up: Error: no such thing`]);
});
