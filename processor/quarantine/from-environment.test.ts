import { expect, it } from 'vitest';
import { kinesisEvent, kinesisRecord, SHARD, sequenceNumber, virtualEffort } from '../fixture.ts';
import { decodeRecords } from '../records.ts';
import { quarantineFrom } from './from-environment.ts';

const told: [string, object][] = [];
const observer = { warn: (message: string, details: object) => void told.push([message, details]) };

it('tells of refused records in the log when the environment names no place, without their payload', async () => {
  const event = kinesisEvent([kinesisRecord({ n: 1, data: 'a secret', stream: 'wildrydes-aggregated' })]);
  const [record] = decodeRecords(event, () => ({ ok: true as const }));
  const keep = quarantineFrom({ TABLE_NAME: 'UnicornSensorData', QUARANTINE_STREAM: '' }, observer);
  const { acknowledged, reason } = await keep([{ record: record!, reason: 'not JSON' }], virtualEffort(0));
  expect({ acknowledged, reason }).toEqual({ acknowledged: new Set([sequenceNumber(1)]), reason: undefined });
  const details = {
    stream: 'wildrydes-aggregated',
    shardId: SHARD,
    sequenceNumber: sequenceNumber(1),
    bytes: 8,
    reason: 'not JSON',
  };
  expect(told).toEqual([['refused a record', details]]);
});

it('wants to know whose records a bucket gets', () => {
  expect(() => quarantineFrom({ QUARANTINE_BUCKET: 'a-bucket' }, observer)).toThrow(
    /AWS_LAMBDA_FUNCTION_NAME/,
  );
});
