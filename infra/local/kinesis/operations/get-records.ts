import { KINESIS_LIMITS } from '../../../../telemetry/topology.ts';
import { type Shape, validate } from '../../protocol/validation.ts';
import { describeChild } from '../description.ts';
import { invalidArgument } from '../errors.ts';
import { refusalError } from '../gate.ts';
import { issueIterator, readIterator } from '../iterator.ts';
import { identityOf, type Operation, STREAM_ARN } from '../operation.ts';
import { millisBehind, recordText } from '../record-text.ts';

const SHAPE = {
  Limit: { type: 'Integer', min: 1, max: KINESIS_LIMITS.recordsPerGet },
  ShardIterator: { type: 'String', required: true, min: 1, max: 512 },
  StreamARN: STREAM_ARN,
} as const satisfies Shape;

/**
 * Records from an iterator on: up to Limit (default and most: 10,000) or 10 MiB of data and keys, but at least one if
 * there is one. The answer is written straight from the log's bytes.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
 */
export const getRecords: Operation = (body, context) => {
  const { ShardIterator, Limit, StreamARN } = validate(SHAPE, body);
  const { stream, shard, index } = readIterator(ShardIterator, context);
  if (
    StreamARN !== undefined &&
    identityOf({ StreamName: undefined, StreamARN }).streamName !== stream.streamName
  ) {
    throw invalidArgument(
      `ShardIterator must be of the stream that StreamARN names (given ${StreamARN}, iterator of ${stream.streamName}).`,
    );
  }
  const { gate, accountId } = context;
  const refusal = gate?.read(stream.streamName, shard);
  if (refusal !== undefined) throw refusalError(refusal, shard.shardId, stream.streamName, accountId);
  shard.trim();
  const answer = recordText(shard, index, {
    records: Limit ?? KINESIS_LIMITS.recordsPerGet,
    bytes: KINESIS_LIMITS.bytesPerGet,
  });
  gate?.hasRead(shard, answer.bytes);
  const { records, next } = answer;
  const behind = millisBehind(shard, answer, context.now());
  const finished = next >= shard.next && shard.closed;
  const iterator = finished ? null : issueIterator({ stream, shard, index: next }, context);
  const children = finished
    ? `,"ChildShards":${JSON.stringify(stream.childrenOf(shard).map(describeChild))}`
    : '';
  return `{"NextShardIterator":${JSON.stringify(iterator)},"MillisBehindLatest":${behind}${children},"Records":[${records}]}`;
};
