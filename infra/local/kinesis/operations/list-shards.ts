import type { Input, Shape } from '../../protocol/validation.ts';
import { describeShard } from '../description.ts';
import { invalidArgument, KinesisError, streamNotFound } from '../errors.ts';
import {
  type Context,
  type NamedStream,
  NEXT_TOKEN,
  namedStream,
  operation,
  SHARD_ID,
  STREAM,
} from '../operation.ts';
import type { StoredShard } from '../store/shard.ts';
import type { StoredStream } from '../store/stream.ts';

/** Shards in an answer, at most, and unless MaxResults says otherwise. */
const MOST = 1000;

const FILTER_TYPES = [
  'AFTER_SHARD_ID',
  'AT_TRIM_HORIZON',
  'FROM_TRIM_HORIZON',
  'AT_LATEST',
  'AT_TIMESTAMP',
  'FROM_TIMESTAMP',
] as const;

const FILTER = {
  Type: { type: 'String', required: true, oneOf: FILTER_TYPES },
  ShardId: SHARD_ID,
  Timestamp: { type: 'Timestamp' },
} as const satisfies Shape;

interface Listing {
  readonly stream: StoredStream;
  readonly after: string;
  readonly filter: Input<typeof FILTER> | undefined;
}

/**
 * The shards of a stream that are open or still hold records, in the order of their ids, a page at a time.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html
 */
export const listShards = operation(
  {
    NextToken: NEXT_TOKEN,
    ExclusiveStartShardId: SHARD_ID,
    MaxResults: { type: 'Integer', min: 1, max: 10_000 },
    StreamCreationTimestamp: { type: 'Timestamp' },
    ShardFilter: { type: 'Structure', members: FILTER },
    ...STREAM,
  },
  (input, context) => {
    const { stream, after, filter } =
      input.NextToken === undefined ? asked(input, context) : goneOn(input.NextToken, input, context);
    stream.trim();
    const passes = filterOf(filter, stream);
    const shards = stream.shards.filter((shard) => shard.shardId > after && passes(shard));
    const page = shards.slice(0, Math.min(input.MaxResults ?? MOST, MOST));
    return {
      Shards: page.map(describeShard),
      ...(page.length < shards.length ? { NextToken: nextToken(stream, page.at(-1)!, filter, context) } : {}),
    };
  },
);

interface Asked extends NamedStream {
  readonly ExclusiveStartShardId: string | undefined;
  readonly StreamCreationTimestamp: number | undefined;
  readonly ShardFilter: Input<typeof FILTER> | undefined;
}

function asked(input: Asked, context: Context): Listing {
  const stream = namedStream(input, context);
  const { StreamCreationTimestamp } = input;
  if (StreamCreationTimestamp !== undefined && StreamCreationTimestamp !== stream.createdAt) {
    throw streamNotFound(stream.streamName, context.accountId);
  }
  return { stream, after: input.ExclusiveStartShardId ?? '', filter: input.ShardFilter };
}

function goneOn(nextToken: string, input: Asked, { streams, tokens, accountId }: Context): Listing {
  for (const member of ['StreamName', 'ExclusiveStartShardId', 'StreamCreationTimestamp'] as const) {
    if (input[member] !== undefined) {
      throw invalidArgument(`NextToken and ${member} cannot be provided together.`);
    }
  }
  const token = tokens.read('shards', nextToken);
  if (token === undefined) throw invalidArgument('NextToken is invalid.');
  if (token.expired) {
    throw new KinesisError('ExpiredNextTokenException', 'NextToken has expired: list the shards anew.');
  }
  const [streamName, createdAt, after, filter] = token.fields as [string, string, string, string];
  const stream = streams.get(streamName);
  if (stream === undefined || String(stream.createdAt) !== createdAt)
    throw streamNotFound(streamName, accountId);
  return { stream, after, filter: filter === '' ? undefined : JSON.parse(filter) };
}

function nextToken(
  stream: StoredStream,
  last: StoredShard,
  filter: Listing['filter'],
  { tokens }: Context,
): string {
  const kept = filter === undefined ? '' : JSON.stringify(filter);
  return tokens.issue('shards', stream.streamName, stream.createdAt, last.shardId, kept);
}

/** A shard is open from `openedAt` until, and not including, the moment it was closed. */
function filterOf(filter: Listing['filter'], stream: StoredStream): (shard: StoredShard) => boolean {
  const isOpenAt = (time: number) => (shard: StoredShard) =>
    shard.metadata.openedAt <= time && (shard.metadata.closed === null || shard.metadata.closed.at >= time);
  const horizon = Math.max(stream.horizon, stream.createdAt);
  switch (filter?.Type) {
    case undefined:
    case 'FROM_TRIM_HORIZON':
      return () => true;
    case 'AFTER_SHARD_ID': {
      const after = given(filter?.ShardId, 'ShardId', 'AFTER_SHARD_ID');
      return (shard) => shard.shardId > after;
    }
    case 'AT_LATEST':
      return (shard) => !shard.closed;
    case 'AT_TRIM_HORIZON':
      return isOpenAt(horizon);
    case 'AT_TIMESTAMP':
      return isOpenAt(given(filter?.Timestamp, 'Timestamp', 'AT_TIMESTAMP'));
    case 'FROM_TIMESTAMP': {
      const time = given(filter?.Timestamp, 'Timestamp', 'FROM_TIMESTAMP');
      return (shard) => shard.metadata.closed === null || shard.metadata.closed.at >= time;
    }
  }
}

function given<T>(value: T | undefined, member: string, type: string): T {
  if (value === undefined) {
    throw invalidArgument(`ShardFilter must have a ${member} when its Type is ${type}.`);
  }
  return value;
}
