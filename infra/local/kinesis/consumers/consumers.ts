import { type Documents, openDocuments } from '../../documents.ts';
import type { StoredStream } from '../store/stream.ts';
import type { Streams } from '../store/streams.ts';

/** A consumer of a stream that has its own share of what the shards give: enhanced fan-out. */
export interface Consumer {
  readonly consumerName: string;
  /** `arn:aws:kinesis:REGION:ACCOUNT:stream/STREAM/consumer/CONSUMER:SECONDS` */
  readonly consumerArn: string;
  /** Seconds since the epoch, whole: the ARN holds them. */
  readonly createdAt: number;
  readonly tags: Tags;
}

/** Keys and values. */
export type Tags = readonly (readonly [string, string])[];

/** What is kept of one stream. */
interface Registered {
  readonly streamName: string;
  /** Of the stream: a later one of the same name has no consumers yet. Milliseconds since the epoch. */
  readonly streamCreatedAt: number;
  /** By name. */
  readonly consumers: readonly Consumer[];
}

export interface ConsumersOptions {
  /** File that they are kept in. */
  readonly file: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: (line: string) => void;
}

/** The consumers that are registered, by stream. What a method changed is on disk when it returns. */
export class Consumers {
  readonly #documents: Documents<Registered>;
  readonly #now: () => number;
  readonly #log: (line: string) => void;
  /** By stream and name, the creation of the consumer that was last deregistered, in seconds. */
  readonly #former = new Map<string, number>();

  private constructor(documents: Documents<Registered>, { now, log }: ConsumersOptions) {
    this.#documents = documents;
    this.#now = now;
    this.#log = log;
  }

  /** @throws WildRydesError STATE_CORRUPT, STATE_UNUSABLE */
  static open(options: ConsumersOptions): Consumers {
    const documents = openDocuments<Registered>({ file: options.file, what: 'consumers' });
    return new Consumers(documents, options);
  }

  /** Forgets those of streams that are no more: a stream is deleted before they are, and the process may have ended then. */
  keepOnlyThoseOf(streams: Streams): void {
    for (const { streamName, streamCreatedAt } of this.#documents.all()) {
      if (streams.get(streamName)?.createdAt !== streamCreatedAt) this.#discard(streamName);
    }
  }

  /** By name. */
  of(stream: StoredStream): readonly Consumer[] {
    const registered = this.#documents.get(stream.streamName);
    return registered?.streamCreatedAt === stream.createdAt ? registered.consumers : [];
  }

  named(stream: StoredStream, consumerName: string): Consumer | undefined {
    return this.of(stream).find((consumer) => consumer.consumerName === consumerName);
  }

  /** Adds a consumer. The caller has checked that the stream has none of the name. */
  register(stream: StoredStream, consumerName: string, tags: Tags): Consumer {
    const createdAt = this.#creationOf(stream, consumerName);
    const consumerArn = `${stream.streamArn}/consumer/${consumerName}:${createdAt}`;
    const consumer = { consumerName, consumerArn, createdAt, tags };
    this.#keep(stream, [...this.of(stream), consumer]);
    return consumer;
  }

  /** Replaces a consumer's tags. */
  retag(stream: StoredStream, consumer: Consumer, tags: Tags): void {
    this.#keep(stream, [...this.#others(stream, consumer), { ...consumer, tags }]);
  }

  deregister(stream: StoredStream, consumer: Consumer): void {
    this.#keep(stream, this.#others(stream, consumer));
    this.#former.set(keyOf(stream, consumer.consumerName), consumer.createdAt);
  }

  /** The stream is no more. */
  forget(stream: StoredStream): void {
    if (this.of(stream).length > 0) this.#discard(stream.streamName);
  }

  /** If it fails, they are of no stream all the same, and the next start tries again. */
  #discard(streamName: string): void {
    try {
      this.#documents.delete(streamName);
    } catch (error) {
      this.#log(`kinesis: ${String(error)}`);
    }
  }

  /** Now, in seconds, but later than a consumer of this name that was there before: no ARN is given twice. */
  #creationOf(stream: StoredStream, consumerName: string): number {
    const now = Math.max(0, Math.floor(this.#now() / 1000));
    const former = this.#former.get(keyOf(stream, consumerName)) ?? Number.NEGATIVE_INFINITY;
    for (const [key, second] of this.#former) if (second < now) this.#former.delete(key);
    return Math.max(now, former + 1);
  }

  #others(stream: StoredStream, { consumerName }: Consumer): readonly Consumer[] {
    return this.of(stream).filter((consumer) => consumer.consumerName !== consumerName);
  }

  #keep(stream: StoredStream, consumers: readonly Consumer[]): void {
    const sorted = consumers.toSorted((a, b) => (a.consumerName < b.consumerName ? -1 : 1));
    this.#documents.put(stream.streamName, {
      streamName: stream.streamName,
      streamCreatedAt: stream.createdAt,
      consumers: sorted,
    });
  }
}

function keyOf(stream: StoredStream, consumerName: string): string {
  return `${stream.createdAt}/${consumerName}`;
}
