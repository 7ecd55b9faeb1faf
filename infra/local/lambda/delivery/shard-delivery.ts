import type { Shard, StoredRecord } from '../../kinesis/source.ts';
import type { MappingDefinition } from '../definitions.ts';
import type { EventSource } from './event-batch.ts';
import { Lane, type LaneListener, type LaneOptions, type Progress } from './lane.ts';
import type { Positions } from './positions.ts';

export interface ShardDeliveryOptions
  extends Omit<LaneOptions, 'from' | 'progress' | 'isOwn' | 'listener' | 'source'> {
  readonly mapping: MappingDefinition;
  readonly shard: Shard;
  readonly source: EventSource;
  readonly positions: Positions;
  /** False once the stream was deleted: what is still finished is nobody's position any more. */
  readonly isCurrent: () => boolean;
  readonly listener: Omit<LaneListener, 'progressed'>;
}

/**
 * Delivers one shard: by one lane, or by as many as the mapping's parallelization factor says. Every partition key has
 * its lane, so that its records stay in order; a lane that is held up holds up its own keys only.
 *
 * Each lane keeps its own position, and a function's tumbling windows are a lane's.
 */
export class ShardDelivery {
  readonly #options: ShardDeliveryOptions;
  readonly #lanes: readonly { readonly key: string; readonly lane: Lane }[];

  constructor(options: ShardDeliveryOptions) {
    this.#options = options;
    const { shard, mapping, positions, isCurrent } = options;
    const { shardId } = shard;
    const factor = mapping.parallelizationFactor;
    const keys = laneKeys(shardId, factor);
    regroup(shard, keys, positions);
    this.#lanes = keys.map((key, n) => {
      const position = positions.get(key);
      const progressed = ({ after, window }: Progress) => {
        if (isCurrent()) positions.set(key, { after, finished: false, window });
      };
      const lane = new Lane({
        ...options,
        from: startIn(shard, position?.after ?? null),
        progress: position?.after == null ? undefined : { after: position.after, window: position.window },
        isOwn: factor === 1 ? undefined : (record) => laneOf(record, factor) === n,
        listener: { ...options.listener, progressed },
      });
      return { key, lane };
    });
  }

  /** Records in the shard that the slowest lane has before it. */
  get behind(): number {
    return Math.max(...this.#lanes.map(({ lane }) => lane.behind));
  }

  /** Says that the shard may have changed. */
  wake(): void {
    for (const { lane } of this.#lanes) lane.wake();
  }

  /** Runs until the shard is closed and done, which its position then says (true), or the signal aborts (false). Never rejects. */
  async run(): Promise<boolean> {
    const { positions, shard, isCurrent } = this.#options;
    const { shardId } = shard;
    const finished = await Promise.all(this.#lanes.map(({ lane }) => lane.run()));
    if (!finished.every(Boolean)) return false;
    if (isCurrent()) {
      const last = this.#lanes.map(({ key }) => positions.get(key)?.after ?? null);
      positions.forget(shardId);
      positions.set(shardId, { after: latest(shard, last), finished: true });
    }
    return true;
  }
}

/** Names under which a shard's lanes keep their positions. */
function laneKeys(shardId: string, factor: number): readonly string[] {
  if (factor === 1) return [shardId];
  return Array.from({ length: factor }, (_, n) => `${shardId}/${n + 1}of${factor}`);
}

/**
 * Which lane a record belongs to, from 0: by a hash of its partition key (FNV-1a, 32 bits), since AWS does not tell its own.
 * Source: http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function laneOf({ partitionKey }: Pick<StoredRecord, 'partitionKey'>, factor: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < partitionKey.length; i++) {
    hash = Math.imul(hash ^ partitionKey.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % factor;
}

/**
 * Gives every lane a position before any of them moves: the shard's is then that of its slowest. When the factor was
 * another one before, all begin where the slowest of those stood: some records come again, none is left out, and
 * windows begin anew.
 */
function regroup(shard: Shard, keys: readonly string[], positions: Positions): void {
  const before = positions.lanesOf(shard.shardId);
  const isOther = before.length !== keys.length || before.some(({ key }) => !keys.includes(key));
  if (!isOther || (before.length === 0 && keys.length === 1)) return;
  const after = before.map(({ position }) => position.after);
  const slowest = after.reduce(
    (least, one) => (startIn(shard, one) < startIn(shard, least) ? one : least),
    after[0] ?? null,
  );
  positions.forget(shard.shardId);
  for (const key of keys) positions.set(key, { after: slowest, finished: false });
}

/** Index of the first record to deliver: after the checkpointed one, or the oldest there is. */
export function startIn(shard: Shard, after: string | null): number {
  const last = after === null ? undefined : shard.indexOf(after);
  return last === undefined ? shard.first : last + 1;
}

function latest(shard: Shard, sequenceNumbers: readonly (string | null)[]): string | null {
  return sequenceNumbers.reduce((last, one) => (startIn(shard, one) > startIn(shard, last) ? one : last));
}
