import type { Tokens } from '../../kinesis/tokens.ts';
import type { Described, JsonOperation } from '../../protocol/operation.ts';
import type { Rule } from '../../protocol/validation.ts';
import { expired, invalid, shardNotFound, streamNotFound } from './errors.ts';
import { parseStreamArn } from './stream-name.ts';
import type { TableStream } from './table-stream.ts';
import type { TableStreams } from './table-streams.ts';

/** What an operation of DynamoDB Streams works with. */
export interface Context {
  readonly streams: TableStreams;
  readonly tokens: Tokens;
}

export interface Operation extends JsonOperation<Context>, Described {}

export const STREAM_ARN = { type: 'String', min: 37, max: 1024 } as const satisfies Rule;
export const SHARD_ID = { type: 'String', min: 28, max: 65 } as const satisfies Rule;
export const SEQUENCE_NUMBER = { type: 'String', min: 21, max: 40 } as const satisfies Rule;

/** @throws ServiceError ValidationException for what is no stream's ARN, ResourceNotFoundException */
export function namedStream(streamArn: string, { streams }: Context): TableStream {
  if (parseStreamArn(streamArn) === undefined) throw invalid(`Invalid StreamArn (given ${streamArn})`);
  const stream = streams.find(streamArn);
  if (stream === undefined) throw streamNotFound(streamArn);
  return stream;
}

/** The stream whose shard is named. @throws ServiceError as namedStream, and ResourceNotFoundException for the shard */
export function namedShard(streamArn: string, shardId: string, context: Context): TableStream {
  const stream = namedStream(streamArn, context);
  if (stream.shardId !== shardId) throw shardNotFound(shardId, streamArn);
  return stream;
}

/** A place in a shard, as an iterator names it. */
export interface Place {
  readonly stream: TableStream;
  /** Index of the next change to read. */
  readonly index: number;
}

/** An iterator for a place: good for 15 minutes, and only as long as this process lives. */
export function issueIterator({ stream, index }: Place, { tokens }: Context): string {
  return tokens.issue('iterator', stream.entry.id, stream.entry.tableName, index);
}

/**
 * The place that an iterator names.
 *
 * @throws ServiceError ValidationException for what is no iterator of ours, ExpiredIteratorException for one that is too
 * old or of an earlier process, ResourceNotFoundException if the stream is gone
 */
export function readIterator(iterator: string, { tokens, streams }: Context): Place {
  const token = tokens.read('iterator', iterator);
  if (token === undefined) throw invalid('Invalid ShardIterator');
  if (token.expired) throw expired();
  const [id, tableName = '', index] = token.fields;
  const stream = streams.byId(Number(id));
  if (stream === undefined) throw streamNotFound(`of table ${tableName}`);
  return { stream, index: Number(index) };
}
