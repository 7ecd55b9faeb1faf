import { KINESIS_LIMITS } from '../../../telemetry/topology.ts';
import { invalidArgument, KinesisError, shardNotFound } from './errors.ts';
import type { Context } from './operation.ts';
import type { StoredShard } from './store/shard.ts';
import type { StoredStream } from './store/stream.ts';

/** A place in a shard, as an iterator names it. */
export interface Place {
  readonly stream: StoredStream;
  readonly shard: StoredShard;
  /** Index of the next record to read. */
  readonly index: number;
}

/** An iterator for a place: good for five minutes, and only as long as this process and this very stream live. */
export function issueIterator(place: Place, { tokens }: Context): string {
  const { stream, shard, index } = place;
  return tokens.issue('iterator', stream.streamName, stream.createdAt, shard.shardId, index);
}

/**
 * The place that an iterator names.
 *
 * @throws KinesisError InvalidArgumentException for what is no iterator of ours, ExpiredIteratorException for one that
 * is too old or of an earlier process, ResourceNotFoundException if the shard is gone
 */
export function readIterator(iterator: string, { tokens, streams, accountId, now }: Context): Place {
  const token = tokens.read('iterator', iterator);
  if (token === undefined) throw invalidArgument('Invalid ShardIterator.');
  if (token.expired) {
    throw new KinesisError(
      'ExpiredIteratorException',
      `Iterator expired. The iterator was created at time ${dateText(token.madeAt)} while right now it is ` +
        `${dateText(now())} which is further in the future than the tolerated delay of ` +
        `${KINESIS_LIMITS.iteratorLifetime} milliseconds.`,
    );
  }
  const [streamName, createdAt, shardId, index] = token.fields as [string, string, string, string];
  const stream = streams.get(streamName);
  const shard = stream?.shard(shardId);
  if (stream === undefined || shard === undefined || String(stream.createdAt) !== createdAt) {
    throw shardNotFound(shardId, streamName, accountId);
  }
  return { stream, shard, index: Number(index) };
}

/** As AWS writes it in this one message: `Thu Jan 22 01:22:02 UTC 2015`. */
function dateText(time: number): string {
  const [weekday = '', day, month, year, clock] = new Date(time).toUTCString().split(' ');
  return `${weekday.slice(0, 3)} ${month} ${day} ${clock} UTC ${year}`;
}
