import { KINESIS_LIMITS } from '../../../telemetry/topology.ts';
import type { Gate, Refusal } from './gate.ts';
import type { StoredShard } from './store/shard.ts';
import { TokenBucket } from './token-bucket.ts';

const { perSecond } = KINESIS_LIMITS;

/** What one shard still has to give. */
interface Meters {
  readonly records: TokenBucket;
  readonly bytesWritten: TokenBucket;
  readonly reads: TokenBucket;
  readonly bytesRead: TokenBucket;
  /** Until when nothing may be read, because more than a second's worth was. */
  restUntil: number;
}

/**
 * What a shard takes and gives in a second, as on AWS: 1,000 records and 1 MiB in, 5 GetRecords calls and 2 MiB out,
 * keys counted. Each is a token bucket that holds one second's worth: after a rest, that much goes at once. AWS says how
 * much a second, not over which time it measures. What is refused uses nothing up.
 *
 * A record of more than a second's worth is taken by a shard that has had a rest; no other is, until it is made up for.
 * One answer may hold up to 10 MiB; the next call is then refused until it is made up for, 5 seconds for that much.
 *
 * Source: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html,
 * https://docs.aws.amazon.com/streams/latest/dev/large-records.html,
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html and
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
 */
export class ShardLimits implements Gate {
  readonly #monotonic: () => number;
  readonly #meters = new WeakMap<StoredShard, Meters>();

  /** @param monotonic real milliseconds that never go back */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  writes(): (shard: StoredShard, bytes: number) => Refusal | undefined {
    const now = this.#monotonic();
    return (shard, bytes) => {
      const { records, bytesWritten } = this.#of(shard, now);
      const least = Math.min(bytes, perSecond.bytesWritten);
      if (records.level(now) < 1 || bytesWritten.level(now) < least) return 'throughput';
      records.take(1);
      bytesWritten.take(bytes);
      return undefined;
    };
  }

  read(_streamName: string, shard: StoredShard): Refusal | undefined {
    const now = this.#monotonic();
    const { reads, restUntil } = this.#of(shard, now);
    if (now < restUntil || reads.level(now) < 1) return 'throughput';
    reads.take(1);
    return undefined;
  }

  hasRead(shard: StoredShard, bytes: number): void {
    const now = this.#monotonic();
    const meters = this.#of(shard, now);
    const { bytesRead } = meters;
    const left = bytesRead.level(now);
    bytesRead.take(bytes);
    if (left < bytes) meters.restUntil = bytesRead.fullAt;
  }

  #of(shard: StoredShard, now: number): Meters {
    let meters = this.#meters.get(shard);
    if (meters === undefined) {
      meters = {
        records: new TokenBucket(perSecond.records, now),
        bytesWritten: new TokenBucket(perSecond.bytesWritten, now),
        reads: new TokenBucket(perSecond.reads, now),
        bytesRead: new TokenBucket(perSecond.bytesRead, now),
        restUntil: Number.NEGATIVE_INFINITY,
      };
      this.#meters.set(shard, meters);
    }
    return meters;
  }
}
