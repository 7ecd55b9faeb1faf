import { expect } from 'vitest';
import { answers, base64, from, matching, refuses, type Scenario, utf8 } from '../scenario.ts';

const STREAM = { StreamName: 'records' };
const SHARD = { ...STREAM, ShardId: 'shardId-000000000000' };
const NONE = { StreamName: 'nowhere' };
const NOT_FOUND = /^Stream nowhere under account \d{12} not found\.$/;
/** No text in any encoding. */
const BYTES = base64(new Uint8Array([0xff, 0x00, 0xfe, 0x80]));
const SEQUENCE_NUMBER = matching(/^\d{56}$/);

/** Records: how they are put, and read from each kind of position. */
export const KINESIS_RECORDS: readonly Scenario[] = [
  {
    title: 'records are put and read back, by every kind of position',
    steps: [
      answers('kinesis.CreateStream', { ...STREAM, ShardCount: 1 }),
      answers(
        'kinesis.PutRecord',
        { ...STREAM, PartitionKey: 'Rocinante', Data: utf8('{"Name":"Rocinante"}\n') },
        { ShardId: 'shardId-000000000000', SequenceNumber: SEQUENCE_NUMBER },
        { as: 'first', eventually: true },
      ),
      answers(
        'kinesis.PutRecords',
        {
          ...STREAM,
          Records: [
            { PartitionKey: '🦄', Data: utf8('Einhorn 🦄 é') },
            { PartitionKey: 'b', Data: BYTES, ExplicitHashKey: '12345678901234567890' },
            { PartitionKey: 'c', Data: utf8('') },
          ],
        },
        {
          FailedRecordCount: 0,
          Records: Array.from({ length: 3 }, () => ({
            ShardId: 'shardId-000000000000',
            SequenceNumber: SEQUENCE_NUMBER,
          })),
        },
        { as: 'put' },
      ),
      answers(
        'kinesis.GetShardIterator',
        { ...SHARD, ShardIteratorType: 'TRIM_HORIZON' },
        { ShardIterator: expect.any(String) },
        { as: 'start' },
      ),
      answers(
        'kinesis.GetRecords',
        { ShardIterator: from('start.ShardIterator') },
        {
          Records: [
            {
              Data: utf8('{"Name":"Rocinante"}\n'),
              PartitionKey: 'Rocinante',
              SequenceNumber: from('first.SequenceNumber'),
              ApproximateArrivalTimestamp: { time: expect.any(String) },
            },
            { Data: utf8('Einhorn 🦄 é'), PartitionKey: '🦄' },
            { Data: BYTES, PartitionKey: 'b' },
            { Data: utf8(''), PartitionKey: 'c', SequenceNumber: from('put.Records.2.SequenceNumber') },
          ],
          NextShardIterator: expect.any(String),
          MillisBehindLatest: 0,
        },
        { as: 'all', eventually: true },
      ),
      answers(
        'kinesis.GetRecords',
        { ShardIterator: from('start.ShardIterator'), Limit: 1 },
        { Records: [{ PartitionKey: 'Rocinante' }] },
        { as: 'one' },
      ),
      answers(
        'kinesis.GetRecords',
        { ShardIterator: from('one.NextShardIterator'), Limit: 1 },
        { Records: [{ PartitionKey: '🦄' }] },
      ),
      ...[
        { position: 'AT_SEQUENCE_NUMBER', records: ['b', 'c'] },
        { position: 'AFTER_SEQUENCE_NUMBER', records: ['c'] },
      ].flatMap(({ position, records }) => [
        answers(
          'kinesis.GetShardIterator',
          {
            ...SHARD,
            ShardIteratorType: position,
            StartingSequenceNumber: from('put.Records.1.SequenceNumber'),
          },
          {},
          { as: 'there' },
        ),
        answers(
          'kinesis.GetRecords',
          { ShardIterator: from('there.ShardIterator') },
          { Records: records.map((PartitionKey) => ({ PartitionKey })) },
        ),
      ]),
      answers(
        'kinesis.GetShardIterator',
        {
          ...SHARD,
          ShardIteratorType: 'AT_TIMESTAMP',
          Timestamp: from('all.Records.0.ApproximateArrivalTimestamp'),
        },
        {},
        { as: 'then' },
      ),
      answers(
        'kinesis.GetRecords',
        { ShardIterator: from('then.ShardIterator') },
        { Records: [{ PartitionKey: 'Rocinante' }, {}, {}, {}] },
      ),
      answers('kinesis.GetShardIterator', { ...SHARD, ShardIteratorType: 'LATEST' }, {}, { as: 'tip' }),
      answers('kinesis.GetRecords', { ShardIterator: from('tip.ShardIterator') }, { Records: [] }),
      answers('kinesis.DeleteStream', STREAM),
    ],
  },
  {
    title: 'a record of the largest size goes through, and none beyond it',
    steps: [
      answers('kinesis.CreateStream', { ...STREAM, ShardCount: 1 }),
      answers(
        'kinesis.PutRecord',
        { ...STREAM, PartitionKey: 'k', Data: base64(new Uint8Array(1_048_575)) },
        {},
        { eventually: true },
      ),
      refuses(
        'kinesis.PutRecord',
        { ...STREAM, PartitionKey: 'k', Data: base64(new Uint8Array(1_048_577)) },
        'ValidationException',
        /at 'data' failed to satisfy constraint: Member must have length less than or equal to 1048576/,
      ),
      answers('kinesis.DeleteStream', STREAM),
    ],
  },
  {
    title: 'what is wrong with a put or a read is told',
    steps: [
      answers('kinesis.CreateStream', { ...STREAM, ShardCount: 1 }),
      refuses(
        'kinesis.PutRecord',
        { ...NONE, PartitionKey: 'k', Data: utf8('x') },
        'ResourceNotFoundException',
        NOT_FOUND,
      ),
      refuses(
        'kinesis.PutRecords',
        { ...NONE, Records: [{ PartitionKey: 'k', Data: utf8('x') }] },
        'ResourceNotFoundException',
        NOT_FOUND,
      ),
      refuses(
        'kinesis.PutRecord',
        { ...STREAM, PartitionKey: 'k'.repeat(257), Data: utf8('x') },
        'ValidationException',
        /at 'partitionKey' failed to satisfy constraint: Member must have length less than or equal to 256/,
      ),
      refuses(
        'kinesis.PutRecord',
        { ...STREAM, PartitionKey: '', Data: utf8('x') },
        'ValidationException',
        /at 'partitionKey' .*Member must have length greater than or equal to 1/,
        { unchecked: true },
      ),
      refuses(
        'kinesis.PutRecords',
        {
          ...STREAM,
          Records: Array.from({ length: 501 }, (_, n) => ({ PartitionKey: String(n), Data: utf8('x') })),
        },
        'ValidationException',
        /at 'records' failed to satisfy constraint: Member must have length less than or equal to 500/,
      ),
      refuses(
        'kinesis.PutRecord',
        {
          ...STREAM,
          PartitionKey: 'k',
          Data: utf8('x'),
          ExplicitHashKey: '340282366920938463463374607431768211456',
        },
        'InvalidArgumentException',
        /ExplicitHashKey/,
      ),
      refuses(
        'kinesis.PutRecord',
        { PartitionKey: 'k', Data: utf8('x') },
        'InvalidArgumentException',
        /StreamName or StreamARN/,
      ),
      refuses(
        'kinesis.GetShardIterator',
        { ...STREAM, ShardId: 'shardId-000000000007', ShardIteratorType: 'LATEST' },
        'ResourceNotFoundException',
        /^Shard shardId-000000000007 in stream records under account \d{12} does not exist$/,
      ),
      refuses(
        'kinesis.GetShardIterator',
        { ...SHARD, ShardIteratorType: 'FIRST' },
        'ValidationException',
        /at 'shardIteratorType' failed to satisfy constraint: Member must satisfy enum value set/,
      ),
      refuses(
        'kinesis.GetShardIterator',
        { ...SHARD, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' },
        'InvalidArgumentException',
        /./,
      ),
      refuses('kinesis.GetRecords', { ShardIterator: 'made up' }, 'InvalidArgumentException', /./),
      refuses(
        'kinesis.PutRecord',
        { ...STREAM, PartitionKey: 'k', Data: utf8('x'), DryRun: true },
        'DryRunOperationException',
        /would have succeeded/,
      ),
      answers('kinesis.DeleteStream', STREAM),
    ],
  },
];
