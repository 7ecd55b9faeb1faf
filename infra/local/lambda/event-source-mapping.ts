import type { Clock } from '../../../telemetry/clock.ts';
import { LOCAL } from '../../../telemetry/topology.ts';
import type { MappingShardStatus, MappingStatus } from '../control/api.ts';
import type { KinesisStream, Shard } from '../kinesis/source.ts';
import type { MappingDefinition, Outcome } from './definitions.ts';
import { roleArn } from './identity.ts';
import type { EventBatch } from './kinesis-event.ts';
import { Lane } from './lane.ts';
import type { Positions, ShardPosition } from './positions.ts';

/** What a mapping needs of the local Kinesis, in the same process and without HTTP. */
export interface StreamSource {
  /** Undefined while no such stream exists. A stream that was deleted and created again is another object. */
  stream(name: string): KinesisStream | undefined;
  /** Calls back whenever a stream was created or deleted; returns what ends that. */
  onStream(listener: () => void): () => void;
}

export interface EventSourceMappingOptions {
  readonly mapping: MappingDefinition;
  readonly kinesis: StreamSource;
  readonly positions: Positions;
  readonly invoke: (batch: EventBatch) => Promise<Outcome>;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** One life of a stream, from its creation to its deletion, and the lanes that deliver it. */
interface Following {
  readonly stream: KinesisStream;
  readonly lanes: Map<string, Lane>;
  readonly running: Set<Promise<void>>;
  readonly stopping: AbortController;
  /** False once the stream was deleted: what its lanes still finish is nobody's position any more. */
  current: boolean;
  stopListening: () => void;
}

/**
 * Delivers a stream to a function: one lane per shard, each in order, parents before their children.
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
      streamName: this.mapping.streamName,
      invocations: this.#invocations,
      failedInvocations: this.#failedInvocations,
      recordsHandled: this.#recordsHandled,
      recordsDiscarded: this.#recordsDiscarded,
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
    const position = this.#options.positions.get(shardId);
    const lane = this.#following?.lanes.get(shardId);
    const behind = lane?.behind ?? (position?.finished ? 0 : shard.next - this.#startIn(shard));
    return { shardId, sequenceNumber: position?.after ?? null, behind };
  }

  /**
   * Turns to the stream of this name that exists now, if it is not the one already followed.
   *
   * @param created true when a stream that is found was created after this mapping
   */
  #follow(created: boolean): void {
    const { kinesis, positions } = this.#options;
    const found = kinesis.stream(this.mapping.streamName);
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
      lanes: new Map(),
      running: new Set(),
      stopping: new AbortController(),
      current: true,
      stopListening: () => {},
    };
    following.stopListening = stream.onShards(() => {
      // A deleted stream says so first by having no shards.
      if (stream.shards.length === 0) return this.#follow(true);
      for (const lane of following.lanes.values()) lane.wake();
      this.#openLanes(following);
    });
    this.#following = following;
    this.#openLanes(following);
  }

  /**
   * Chosen once and remembered, so that LATEST means the same after a restart. All of a stream that was created after
   * the mapping is later than LATEST.
   */
  #startingPositions(stream: KinesisStream, created: boolean): ReadonlyMap<string, ShardPosition> {
    if (created || this.mapping.startingPosition === 'TRIM_HORIZON') return new Map();
    return new Map(
      stream.shards
        .filter((shard) => shard.next > 0)
        .map((shard) => [shard.shardId, { after: shard.sequenceNumber(shard.next - 1), finished: false }]),
    );
  }

  /** Opens a lane for each shard whose parents are done. */
  #openLanes(following: Following): void {
    if (!following.current || following.stopping.signal.aborted) return;
    const { positions } = this.#options;
    const { shards } = following.stream;
    const known = new Set(shards.map((shard) => shard.shardId));
    positions.keepOnly(known);
    for (const shard of shards) {
      if (following.lanes.has(shard.shardId) || positions.get(shard.shardId)?.finished) continue;
      if (shard.parents.some((parent) => known.has(parent) && !positions.get(parent)?.finished)) continue;
      this.#openLane(shard, following);
    }
  }

  #openLane(shard: Shard, following: Following): void {
    const { mapping } = this;
    const { positions, invoke, clock, log } = this.#options;
    const { shardId } = shard;
    const advance = (after: string | null): void => {
      if (following.current && after !== null) positions.set(shardId, { after, finished: false });
    };
    const lane = new Lane({
      mapping,
      shard,
      from: this.#startIn(shard),
      source: {
        shardId,
        streamArn: following.stream.streamArn,
        region: following.stream.streamArn.split(':')[3] || LOCAL.region,
        roleArn: roleArn(mapping.functionName),
      },
      invoke,
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
        handled: (records, after) => {
          this.#recordsHandled += records;
          advance(after);
        },
        discarded: (records, after) => {
          this.#recordsDiscarded += records;
          advance(after);
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
    following.lanes.set(shardId, lane);
    const run = lane.run().then((finished) => {
      following.lanes.delete(shardId);
      following.running.delete(run);
      if (!finished || !following.current) return;
      positions.set(shardId, { after: positions.get(shardId)?.after ?? null, finished: true });
      this.#openLanes(following);
    });
    following.running.add(run);
  }

  /** Index of the first record to deliver: after the checkpointed one, or the oldest there is. */
  #startIn(shard: Shard): number {
    const after = this.#options.positions.get(shard.shardId)?.after ?? null;
    const last = after === null ? undefined : shard.indexOf(after);
    return last === undefined ? shard.first : last + 1;
  }
}
