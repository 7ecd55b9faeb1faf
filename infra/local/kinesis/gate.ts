import { internalFailure, type KinesisError, rateExceeded } from './errors.ts';
import type { StoredShard } from './store/shard.ts';

/** Why a shard does not take a record, or a read, although nothing is wrong with it. */
export type Refusal = 'throughput' | 'failure';

/** Stands before the shards: the limits of AWS, and faults that were asked for. None is in the way unless there is one. */
export interface Gate {
  /**
   * Whether shards of a stream take records of these sizes, one after another, all at this moment: were time to pass
   * between the records of a request, a newer one could be taken right after an older one of the same key was refused.
   */
  writes(streamName: string): (shard: StoredShard, bytes: number) => Refusal | undefined;
  /** Whether a GetRecords call may read the shard now. One that may is counted. */
  read(streamName: string, shard: StoredShard): Refusal | undefined;
  /** Counts what such a call has read. */
  hasRead(shard: StoredShard, bytes: number): void;
}

/** What is said of a refusal. */
export function refusalError(
  refusal: Refusal,
  shardId: string,
  streamName: string,
  accountId: string,
): KinesisError {
  return refusal === 'throughput'
    ? rateExceeded(shardId, streamName, accountId)
    : internalFailure('Internal service failure.');
}
