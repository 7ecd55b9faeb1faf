import { KINESIS_LIMITS } from '../../../../telemetry/topology.ts';
import { type Shape, validate } from '../../protocol/validation.ts';
import { describeChild } from '../description.ts';
import { invalidArgument } from '../errors.ts';
import { refusalError } from '../gate.ts';
import { issueIterator, readIterator } from '../iterator.ts';
import { identityOf, type Operation, STREAM_ARN } from '../operation.ts';
import { arrivalOf, dataStart, FRAME_HEADER } from '../store/frame.ts';
import type { StoredShard } from '../store/shard.ts';

const SHAPE = {
  Limit: { type: 'Integer', min: 1, max: KINESIS_LIMITS.recordsPerGet },
  ShardIterator: { type: 'String', required: true, min: 1, max: 512 },
  StreamARN: STREAM_ARN,
} as const satisfies Shape;

/** A partition key that is JSON as it is, between quotes. */
const PLAIN = /^[ !#-[\]-~]*$/;

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
  const answer = readFrom(shard, index, Limit ?? KINESIS_LIMITS.recordsPerGet);
  gate?.hasRead(shard, answer.bytes);
  const { records, next, lastArrival } = answer;
  const atTip = next >= shard.next;
  const behind = atTip ? 0 : Math.max(1, Math.round(context.now() - lastArrival));
  const finished = atTip && shard.closed;
  const iterator = finished ? null : issueIterator({ stream, shard, index: next }, context);
  const children = finished
    ? `,"ChildShards":${JSON.stringify(stream.childrenOf(shard).map(describeChild))}`
    : '';
  return `{"NextShardIterator":${JSON.stringify(iterator)},"MillisBehindLatest":${behind}${children},"Records":[${records}]}`;
};

interface Answer {
  /** JSON objects, separated by commas. */
  readonly records: string;
  /** Index after the last of them. */
  readonly next: number;
  readonly lastArrival: number;
  /** Of their data and keys. */
  readonly bytes: number;
}

function readFrom(shard: StoredShard, from: number, limit: number): Answer {
  let records = '';
  let next = Math.max(from, shard.first);
  let left = limit;
  let room: number = KINESIS_LIMITS.bytesPerGet;
  let lastArrival = Number.NaN;
  let arrivalText = '';
  shard.scan(from, (buffer, at, length, index) => {
    const bytes = length - FRAME_HEADER;
    if (bytes > room && records !== '') return false;
    room -= bytes;
    const arrival = arrivalOf(buffer, at);
    if (arrival !== lastArrival) {
      lastArrival = arrival;
      arrivalText = `","ApproximateArrivalTimestamp":${arrival / 1000},"Data":"`;
    }
    const dataAt = dataStart(buffer, at);
    const key = buffer.toString('latin1', at + FRAME_HEADER, dataAt);
    records +=
      (records === '' ? '{"SequenceNumber":"' : ',{"SequenceNumber":"') +
      shard.sequenceNumber(index) +
      arrivalText +
      buffer.toString('base64', dataAt, at + length) +
      (PLAIN.test(key)
        ? `","PartitionKey":"${key}"}`
        : `","PartitionKey":${JSON.stringify(buffer.toString('utf8', at + FRAME_HEADER, dataAt))}}`);
    next = index + 1;
    left -= 1;
    return left > 0;
  });
  return { records, next, lastArrival, bytes: KINESIS_LIMITS.bytesPerGet - room };
}
