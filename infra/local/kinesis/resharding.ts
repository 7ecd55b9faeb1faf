import { provisionedStream } from './capacity-mode.ts';
import { invalidArgument, KinesisError, shardUnknown } from './errors.ts';
import { type Context, identityOf, type NamedStream, namedShardId } from './operation.ts';
import type { StoredShard } from './store/shard.ts';
import type { StoredStream } from './store/stream.ts';

/** What CreateStream, SplitShard, MergeShards and UpdateShardCount share: which shards may be closed, and how many may be open. */

/** Shards that an account may have open: AWS's default in its smaller regions. */
export const SHARD_LIMIT = 500;

/** Of all streams together. */
export function openShards({ streams }: Context): number {
  return streams.all().reduce((sum, stream) => sum + stream.openShards.length, 0);
}

/** @throws KinesisError LimitExceededException if the account cannot have that many more open shards */
export function insistOnRoomForShards(additional: number, context: Context): void {
  const open = openShards(context);
  if (open + additional <= SHARD_LIMIT) return;
  throw new KinesisError(
    'LimitExceededException',
    `This request would exceed the shard limit for the account ${context.accountId} in ${context.region}. ` +
      `Current shard count for the account: ${open}. Limit: ${SHARD_LIMIT}. ` +
      `Number of additional shards that would have resulted from this request: ${additional}.`,
  );
}

/**
 * The stream whose shards a request is to change, and those shards. Only provisioned streams are resharded by their
 * owner; a shard is closed once.
 *
 * @param given names of shards, as in the request
 * @throws KinesisError ResourceNotFoundException for an unknown stream or shard, ValidationException if the stream is on
 * demand, InvalidArgumentException if a shard is closed
 */
export function shardsToClose<const G extends readonly string[]>(
  input: NamedStream,
  given: G,
  context: Context,
): { readonly stream: StoredStream; readonly shards: { readonly [K in keyof G]: StoredShard } } {
  const { accountId } = context;
  const { streamName } = identityOf(input);
  const ids = given.map((name) => namedShardId(name, streamName, context));
  const stream = provisionedStream(input, context);
  stream.trim();
  const shards = ids.map((shardId) => {
    const shard = stream.shard(shardId);
    if (shard === undefined) throw shardUnknown(shardId, streamName, accountId);
    return shard;
  });
  const closed = shards.find((shard) => shard.closed);
  if (closed !== undefined) {
    throw invalidArgument(
      `Shard ${closed.shardId} in stream ${streamName} under account ${accountId} has already been merged or split, ` +
        'and thus is not eligible for merging or splitting.',
    );
  }
  return { stream, shards: shards as { [K in keyof G]: StoredShard } };
}
