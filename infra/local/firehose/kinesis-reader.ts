import type { KinesisStream } from '../kinesis/source.ts';
import type { Deliverer } from './deliverer.ts';
import { reasonOf } from './reason.ts';

/** Finds a stream by its ARN; undefined if there is none. */
export type FindStream = (streamArn: string) => KinesisStream | undefined;

type SourceShard = KinesisStream['shards'][number];

/** Records taken from a shard at a time. */
const RECORDS = 500;
const BYTES = 4 * 1024 * 1024;

/**
 * Takes the records of a stream into a delivery stream, shard by shard: from where an earlier process stopped, else only
 * what comes from now on. Where a shard begins is noted at once, how far it was taken shows in the records taken.
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/writing-with-kinesis-streams.html
 */
export class KinesisReader {
  readonly #stream: KinesisStream;
  readonly #deliverer: Deliverer;
  readonly #log: (line: string) => void;
  /** By shard: index of the next record, and how to stop listening. */
  readonly #shards = new Map<string, { next: number; readonly leave: () => void }>();
  readonly #leave: () => void;

  constructor(stream: KinesisStream, deliverer: Deliverer, log: (line: string) => void) {
    this.#stream = stream;
    this.#deliverer = deliverer;
    this.#log = log;
    this.#follow('latest');
    this.#leave = stream.onShards(() => this.#follow('oldest'));
  }

  close(): void {
    this.#leave();
    for (const { leave } of this.#shards.values()) leave();
    this.#shards.clear();
  }

  /** @param from where a shard begins that was not read before: one that came by a split is read from its start */
  #follow(from: 'latest' | 'oldest'): void {
    for (const shard of this.#stream.shards) {
      if (this.#shards.has(shard.shardId)) continue;
      const taken = this.#deliverer.takenFrom(shard.shardId);
      // A shard that has less than was taken is one of another stream, of the same name.
      const isKnown = taken !== undefined && taken <= shard.next;
      const start = from === 'latest' && shard.parents.length === 0 ? shard.next : shard.first;
      const next = isKnown ? taken : start;
      if (!isKnown) this.#deliverer.begin(shard.shardId, next);
      this.#shards.set(shard.shardId, { next, leave: shard.onAppend(() => this.#take(shard)) });
      this.#take(shard);
    }
  }

  #take(shard: SourceShard): void {
    const place = this.#shards.get(shard.shardId);
    if (place === undefined) return;
    try {
      for (;;) {
        const records = shard.read(place.next, RECORDS, BYTES);
        const last = records.at(-1);
        if (last === undefined) return;
        this.#deliverer.put(
          records.map(({ index, data, partitionKey, sequenceNumber }) => ({
            data: data.toString('base64'),
            origin: { shardId: shard.shardId, partitionKey, sequenceNumber, index },
          })),
        );
        place.next = last.index + 1;
      }
    } catch (error) {
      this.#log(
        `firehose: cannot take from ${shard.shardId} of ${this.#stream.streamName}: ${reasonOf(error)}`,
      );
    }
  }
}
