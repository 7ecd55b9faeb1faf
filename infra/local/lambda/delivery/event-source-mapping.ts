import type { Clock } from '../../../../telemetry/clock.ts';
import { LOCAL } from '../../../../telemetry/topology.ts';
import type { MappingShardStatus, MappingStatus } from '../../control/api.ts';
import type { RecordStream, Shard, StoredRecord } from '../../kinesis/source.ts';
import type { MappingDefinition, Outcome } from '../definitions.ts';
import { roleArn } from '../identity.ts';
import type { EventBatch } from './event-batch.ts';
import type { Discarded } from './failure-record.ts';
import type { Positions, ShardPosition } from './positions.ts';
import { ShardDelivery, startIn } from './shard-delivery.ts';

/** What a mapping needs of the services that have streams, in the same process and without HTTP. */
export interface StreamSource {
  /** Undefined while no such stream exists. A stream that was deleted and created again is another object. */
  stream(arn: string): RecordStream | undefined;
  /** Calls back whenever a stream was created or deleted; returns what ends that. */
  onStream(listener: () => void): () => void;
}

export interface EventSourceMappingOptions {
  readonly mapping: MappingDefinition;
  readonly kinesis: StreamSource;
  readonly positions: Positions;
  readonly invoke: (batch: EventBatch) => Promise<Outcome>;
  /** Whether a record passes the mapping's filters; undefined: all do. */
  readonly passesFilter?: ((record: StoredRecord) => boolean) | undefined;
  /** Tells the on-failure destination, if there is one. Never rejects. */
  readonly tellDestination?: ((discarded: Discarded) => Promise<void>) | undefined;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** One life of a stream, from its creation to its deletion, and what delivers its shards. */
interface Following {
  readonly stream: RecordStream;
  readonly deliveries: Map<string, ShardDelivery>;
  readonly running: Set<Promise<void>>;
  readonly stopping: AbortController;
  /** False once the stream was deleted: what its lanes still finish is nobody's position any more. */
  current: boolean;
  stopListening: () => void;
}

/**
 * Delivers a stream to a function: its shards side by side, each in order, parents before their children.
 * Waits for a stream that does not exist; a stream that was deleted and created again is read from its start.
 */
export class EventSourceMapping {
  readonly mapping: MappingDefinition;
  readonly #options: EventSourceMappingOptions;
  readonly #stopListening: () => void;
  #following: Following | undefined;
  #invocations = 0;
  #failedInvocations = 0;
  #recordsHandled = 0;
  #recordsDiscarded = 0;
  #recordsFiltered = 0;
  #iteratorAge: number | null = null;
  #lastError: string | null = null;

  /** Starts delivering. */
  constructor(options: EventSourceMappingOptions) {
    this.mapping = options.mapping;
    this.#options = options;
    this.#stopListening = options.kinesis.onStream(() => this.#follow(true));
    this.#follow(false);
  }

  status(): MappingStatus {
    return {
      functionName: this.mapping.functionName,
      streamName: nameOf(this.mapping.eventSourceArn),
      invocations: this.#invocations,
      failedInvocations: this.#failedInvocations,
      recordsHandled: this.#recordsHandled,
      recordsDiscarded: this.#recordsDiscarded,
      recordsFiltered: this.#recordsFiltered,
      iteratorAge: this.#iteratorAge,
      lastError: this.#lastError,
      shards:
        this.#following === undefined ? [] : this.#following.stream.shards.map((s) => this.#shardStatus(s)),
    };
  }

  /** Starts no further invocation. Resolves when those under way have ended. */
  async stop(): Promise<void> {
    this.#stopListening();
    const following = this.#following;
    if (following === undefined) return;
    following.stopListening();
    following.stopping.abort();
    await Promise.all(following.running);
  }

  /** Writes what is known of how far this mapping has come. */
  flush(): Promise<void> {
    return this.#options.positions.flush();
  }

  #shardStatus(shard: Shard): MappingShardStatus {
    const { shardId } = shard;
    const { positions } = this.#options;
    const lanes = positions.lanesOf(shardId).map(({ position }) => position);
    const slowest = lanes.reduce<ShardPosition | undefined>(
      (least, one) =>
        least === undefined || startIn(shard, one.after) < startIn(shard, least.after) ? one : least,
      undefined,
    );
    const after = slowest?.after ?? null;
    const delivery = this.#following?.deliveries.get(shardId);
    const behind =
      delivery?.behind ?? (positions.get(shardId)?.finished ? 0 : shard.next - startIn(shard, after));
    return { shardId, sequenceNumber: after, behind };
  }

  /**
   * Turns to the stream of this name that exists now, if it is not the one already followed.
   *
   * @param created true when a stream that is found was created after this mapping
   */
  #follow(created: boolean): void {
    const { kinesis, positions } = this.#options;
    const found = kinesis.stream(this.mapping.eventSourceArn);
    const stream = found?.shards.length === 0 ? undefined : found;
    const before = this.#following;
    if (before?.stream === stream) return;
    if (before !== undefined) {
      before.current = false;
      before.stopListening();
      before.stopping.abort();
      this.#following = undefined;
      positions.begin(new Map());
    }
    if (stream === undefined) return;

    if (!positions.begun) positions.begin(this.#startingPositions(stream, created));
    const following: Following = {
      stream,
      deliveries: new Map(),
      running: new Set(),
      stopping: new AbortController(),
      current: true,
      stopListening: () => {},
    };
    following.stopListening = stream.onShards(() => {
      // A deleted stream says so first by having no shards.
      if (stream.shards.length === 0) return this.#follow(true);
      for (const delivery of following.deliveries.values()) delivery.wake();
      this.#deliverShards(following);
    });
    this.#following = following;
    this.#deliverShards(following);
  }

  /**
   * Chosen once and remembered, so that LATEST means the same after a restart. All of a stream that was created after
   * the mapping is later than LATEST.
   */
  #startingPositions(stream: RecordStream, created: boolean): ReadonlyMap<string, ShardPosition> {
    const { startingPosition, startingPositionTimestamp } = this.mapping;
    if (startingPosition === 'TRIM_HORIZON' || (created && startingPosition === 'LATEST')) return new Map();
    const firstOf = (shard: Shard) =>
      startingPosition === 'LATEST' ? shard.next : shard.indexAtTime(startingPositionTimestamp ?? 0);
    return new Map(
      stream.shards
        .filter((shard) => firstOf(shard) > 0)
        .map((shard) => [
          shard.shardId,
          { after: shard.sequenceNumber(firstOf(shard) - 1), finished: false },
        ]),
    );
  }

  /** Begins with each shard whose parents are done. */
  #deliverShards(following: Following): void {
    if (!following.current || following.stopping.signal.aborted) return;
    const { positions } = this.#options;
    const { shards } = following.stream;
    const known = new Set(shards.map((shard) => shard.shardId));
    positions.keepOnly(known);
    for (const shard of shards) {
      if (following.deliveries.has(shard.shardId) || positions.get(shard.shardId)?.finished) continue;
      if (shard.parents.some((parent) => known.has(parent) && !positions.get(parent)?.finished)) continue;
      this.#deliver(shard, following);
    }
  }

  #deliver(shard: Shard, following: Following): void {
    const { mapping } = this;
    const { positions, invoke, passesFilter, tellDestination, clock, log } = this.#options;
    const { shardId } = shard;
    const { streamArn } = following.stream;
    const delivery = new ShardDelivery({
      mapping,
      shard,
      positions,
      isCurrent: () => following.current,
      source: {
        kind: mapping.eventSourceArn.split(':')[2] === 'dynamodb' ? 'dynamodb' : 'kinesis',
        shardId,
        streamName: nameOf(mapping.eventSourceArn),
        streamArn,
        region: streamArn.split(':')[3] || LOCAL.region,
        roleArn: roleArn(mapping.functionName),
      },
      invoke,
      passesFilter,
      tellDestination,
      clock,
      log,
      signal: following.stopping.signal,
      listener: {
        invoked: (reason) => {
          this.#invocations++;
          if (reason === undefined) return;
          this.#failedInvocations++;
          this.#lastError = reason;
        },
        handled: (records, { arrival }) => {
          this.#recordsHandled += records;
          this.#iteratorAge = Math.max(0, clock.now() - arrival);
        },
        discarded: (records) => {
          this.#recordsDiscarded += records;
        },
        filtered: (records) => {
          this.#recordsFiltered += records;
        },
        trouble: (error) => {
          // A stream that is being deleted cannot be read, which is no trouble.
          this.#follow(true);
          if (!following.current) return;
          const message = error instanceof Error ? error.message : String(error);
          if (message !== this.#lastError) log(`${mapping.functionName}: ${shardId}: ${message}`);
          this.#lastError = message;
        },
      },
    });
    following.deliveries.set(shardId, delivery);
    const run = delivery.run().then((finished) => {
      following.deliveries.delete(shardId);
      following.running.delete(run);
      if (finished && following.current) this.#deliverShards(following);
    });
    following.running.add(run);
  }
}

/** `wildrydes` of a stream's ARN; the table's name of the ARN of its stream. */
function nameOf(eventSourceArn: string): string {
  return eventSourceArn.split('/')[1] ?? eventSourceArn;
}
