import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { BatchingWriter, type Entry } from '../stream/writer.ts';
import type { Clock } from '../telemetry/clock.ts';

/** One record to be sent, exactly as it will stand in the stream, however often it is sent. */
export interface OutboxItem {
  /** Ascending; never given twice. */
  readonly id: number;
  readonly stream: OutputStream;
  /** Partition key. */
  readonly key: string;
  readonly text: string;
}

export type OutputStream = 'summaries' | 'quarantine';

/** Milliseconds until what a writer gave up is put again. */
const RETRY = 1_000;

export interface OutboxOptions {
  readonly client: KinesisClient;
  readonly streams: Readonly<Record<OutputStream, string>>;
  readonly clock: Clock;
  readonly random: () => number;
  /** Items and next id of the last checkpoint. */
  readonly saved?: { readonly items: readonly OutboxItem[]; readonly nextId: number } | undefined;
  /** Called when an item was acknowledged, and when sending got into trouble. */
  readonly changed: () => void;
}

/**
 * What the aggregation has decided to say and no stream has acknowledged yet. An item is added when it is decided,
 * sent once it is in a checkpoint (`send`), and leaves when its stream acknowledges it. It is never given up.
 */
export class Outbox {
  readonly #items: Map<number, OutboxItem>;
  readonly #senders: Readonly<Record<OutputStream, Sender>>;
  #nextId: number;
  /** Items before this id are with the senders. */
  #sent = 0;
  #length = 0;

  constructor(options: OutboxOptions) {
    this.#items = new Map(options.saved?.items.map((item) => [item.id, item]));
    this.#nextId = options.saved?.nextId ?? 1;
    for (const item of this.#items.values()) this.#length += item.text.length;
    const acknowledged = (item: OutboxItem) => {
      this.#items.delete(item.id);
      this.#length -= item.text.length;
      options.changed();
    };
    this.#senders = {
      summaries: new Sender(options, options.streams.summaries, acknowledged),
      quarantine: new Sender(options, options.streams.quarantine, acknowledged),
    };
  }

  /** Items not acknowledged yet. */
  get size(): number {
    return this.#items.size;
  }

  /** UTF-16 units of their texts. */
  get length(): number {
    return this.#length;
  }

  get nextId(): number {
    return this.#nextId;
  }

  /** Why sending makes no progress, or undefined. */
  get trouble(): string | undefined {
    return this.#senders.summaries.trouble ?? this.#senders.quarantine.trouble;
  }

  add(stream: OutputStream, key: string, text: string): void {
    // A text put together from pieces keeps the pieces, at several times its size, until one of its characters is read.
    text.charCodeAt(0);
    const item = { id: this.#nextId++, stream, key, text };
    this.#items.set(item.id, item);
    this.#length += text.length;
  }

  /** By id. */
  items(): OutboxItem[] {
    return [...this.#items.values()];
  }

  /** Whether every item before an id is acknowledged. */
  isEmptyBefore(id: number): boolean {
    const [oldest] = this.#items.keys();
    return oldest === undefined || oldest >= id;
  }

  /** Sends the items before an id, which are in a checkpoint now. */
  send(before: number): void {
    if (before <= this.#sent) return;
    for (const item of this.#items.values()) {
      if (item.id >= this.#sent && item.id < before) this.#senders[item.stream].send(item);
    }
    this.#sent = before;
  }

  /** Ends sending at once. What was not acknowledged stays, to be checkpointed and sent again. */
  close(): void {
    for (const sender of Object.values(this.#senders)) sender.close();
  }
}

/** Sends to one stream, in the order given, as far as the writer's buffer has room. */
class Sender {
  readonly #writer: BatchingWriter<OutboxItem>;
  readonly #changed: () => void;
  readonly #givenUp: OutboxItem[] = [];
  #queue: OutboxItem[] = [];
  #pumping = false;
  #closed = false;
  #retry: NodeJS.Timeout | undefined;
  trouble: string | undefined;

  constructor(options: OutboxOptions, streamName: string, acknowledged: (item: OutboxItem) => void) {
    this.#changed = options.changed;
    const inTrouble = (reason: string) => {
      if (this.#closed) return;
      this.trouble = `sending to ${streamName}: ${reason}`;
      this.#changed();
    };
    this.#writer = new BatchingWriter<OutboxItem>({
      client: options.client,
      streamName,
      random: options.random,
      clock: options.clock,
      acknowledged: ({ tag }) => {
        this.trouble = undefined;
        acknowledged(tag);
      },
      uncertain: (_, reason) => inTrouble(reason),
      failed: ({ tag }, reason) => {
        inTrouble(reason);
        this.#putAgainLater(tag);
      },
    });
  }

  send(item: OutboxItem): void {
    this.#queue.push(item);
    if (!this.#pumping) void this.#pump();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#writer.close();
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    // Begins in a turn of its own, so that what is sent together is batched together.
    await undefined;
    for (let next = 0; next < this.#queue.length && !this.#closed; next++) {
      const full = this.#writer.put(entryOf(this.#queue[next]!));
      if (full !== undefined) await full;
    }
    this.#queue = [];
    this.#pumping = false;
  }

  #putAgainLater(item: OutboxItem): void {
    if (this.#closed) return;
    this.#givenUp.push(item);
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      for (const again of this.#givenUp.splice(0)) this.send(again);
    }, RETRY);
  }
}

function entryOf(item: OutboxItem): Entry<OutboxItem> {
  return { key: item.key, data: Buffer.from(item.text), time: 0, tag: item };
}
