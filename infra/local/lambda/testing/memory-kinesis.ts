import type { KinesisStream, Shard, StoredRecord } from '../../kinesis/source.ts';
import type { StreamSource } from '../delivery/event-source-mapping.ts';

/** Streams in memory, for tests of what reads them: the same interface as the local Kinesis, without limits or disk.
 * Changes are told as there: soon after, not from within. */
export class MemoryKinesis implements StreamSource {
  readonly #streams = new Map<string, MemoryStream>();
  readonly #listeners = new Set<() => void>();

  create(name: string, shards = 1): MemoryStream {
    const stream = new MemoryStream(name, shards);
    this.#streams.set(name, stream);
    this.#announce();
    return stream;
  }

  delete(name: string): void {
    this.#streams.get(name)?.vanish();
    this.#streams.delete(name);
    this.#announce();
  }

  stream(arn: string): MemoryStream | undefined {
    return this.#streams.get(arn.split('/')[1] ?? '');
  }

  onStream(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #announce(): void {
    for (const listener of this.#listeners) setImmediate(listener);
  }
}

export class MemoryStream implements KinesisStream {
  readonly streamName: string;
  readonly streamArn: string;
  readonly #shards: MemoryShard[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #life = Math.random().toString().slice(2, 12).padEnd(10, '0');

  constructor(name: string, shards: number) {
    this.streamName = name;
    this.streamArn = `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`;
    for (let i = 0; i < shards; i++) this.#add([]);
  }

  get shards(): readonly MemoryShard[] {
    return this.#shards;
  }

  shard(index: number): MemoryShard {
    const shard = this.#shards[index];
    if (shard === undefined) throw new Error(`no shard ${index}`);
    return shard;
  }

  /** Closes shards and opens their child. */
  merge(...parents: readonly MemoryShard[]): MemoryShard {
    for (const parent of parents) parent.closed = true;
    const child = this.#add(parents.map((parent) => parent.shardId));
    this.#announce();
    return child;
  }

  /** Has no shards from now on, as a deleted stream. */
  vanish(): void {
    this.#shards.length = 0;
    this.#announce();
  }

  /** Forgets a shard, as retention does with one that is closed and empty. */
  remove(shard: MemoryShard): void {
    this.#shards.splice(this.#shards.indexOf(shard), 1);
    this.#announce();
  }

  onShards(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #announce(): void {
    for (const listener of this.#listeners) setImmediate(listener);
  }

  #add(parents: readonly string[]): MemoryShard {
    const number = this.#shards.length;
    const shard = new MemoryShard(number, parents, this.#life);
    this.#shards.push(shard);
    return shard;
  }
}

export class MemoryShard implements Shard {
  readonly shardId: string;
  readonly parents: readonly string[];
  closed = false;
  first = 0;
  readonly #prefix: string;
  readonly #records: StoredRecord[] = [];
  readonly #listeners = new Set<() => void>();

  constructor(number: number, parents: readonly string[], life: string) {
    this.shardId = `shardId-${String(number).padStart(12, '0')}`;
    this.parents = parents;
    this.#prefix = `49${life}${String(number).padStart(4, '0')}`;
  }

  get next(): number {
    return this.#records.length;
  }

  put(data: string | Uint8Array, partitionKey = 'Rocinante', arrival = 1_545_084_650_987): StoredRecord {
    const index = this.#records.length;
    const record = {
      index,
      sequenceNumber: this.sequenceNumber(index),
      partitionKey,
      data: Buffer.from(data),
      arrival,
    };
    this.#records.push(record);
    for (const listener of this.#listeners) listener();
    return record;
  }

  read(from: number, maxRecords: number, maxBytes: number): readonly StoredRecord[] {
    const found: StoredRecord[] = [];
    let bytes = 0;
    for (const record of this.#records.slice(Math.max(from, this.first), from + maxRecords)) {
      bytes += record.data.length + Buffer.byteLength(record.partitionKey);
      if (found.length > 0 && bytes > maxBytes) break;
      found.push(record);
    }
    return found;
  }

  sequenceNumber(index: number): string {
    return `${this.#prefix}${String(index).padStart(20, '0')}`;
  }

  indexOf(sequenceNumber: string): number | undefined {
    if (!sequenceNumber.startsWith(this.#prefix)) return undefined;
    return Number(sequenceNumber.slice(this.#prefix.length));
  }

  indexAtTime(time: number): number {
    const index = this.#records.findIndex((record) => record.index >= this.first && record.arrival >= time);
    return index < 0 ? this.next : index;
  }

  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
