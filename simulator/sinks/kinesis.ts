import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { BatchingWriter } from '../../stream/writer.ts';
import type { Clock } from '../../telemetry/clock.ts';
import type { Reading } from '../../telemetry/reading.ts';
import type { Emission, Sink } from '../emission.ts';

/**
 * Milliseconds of simulated time that a record may be newer than the oldest one not yet acknowledged. Less than the
 * lateness of a window, so that no reading comes late only because another was quicker, at any speed.
 */
const MAX_SPREAD = 4_000;

/** Real milliseconds without a single acknowledgement after which, when a record is given up, the stream counts as gone. */
const GONE_AFTER = 10_000;

/** Different reasons of failures that are told: each once, and no more than this. */
const MAX_REASONS = 20;

export interface KinesisSinkOptions {
  /** With maxAttempts 1: the writer does the retrying, and counts it. */
  readonly client: KinesisClient;
  readonly streamName: string;
  /** Spreads the retries, uniform in [0, 1). */
  readonly random: () => number;
  readonly clock: Clock;
  /** Called for each record that the stream has; `reading` is undefined for a malformed one. */
  readonly acknowledged?: (reading: Reading | undefined, shardId: string, sequenceNumber: string) => void;
  /** Called, at most once a second, when the stream takes records slower than they come. */
  readonly waiting?: () => void;
  /** Called with what a person at the terminal should know: that records are given up, and why. */
  readonly notice?: (text: string) => void;
}

/** What became of the records put, in records. */
interface Delivery {
  readonly acknowledged: number;
  /** Attempts that got no answer: such a record may be in the stream once more than it is acknowledged. */
  readonly uncertain: number;
  /** Given up. */
  readonly failed: number;
}

export interface KinesisSink extends Sink {
  counts(): Delivery;
}

/**
 * Readings as records of a Kinesis stream, in batches across unicorns; for each unicorn in order, as far as the stream
 * takes or refuses whole requests.
 */
export function createKinesisSink(options: KinesisSinkOptions): KinesisSink {
  const counts = { acknowledged: 0, uncertain: 0, failed: 0 };
  const reasons = new Set<string>();
  const gone = new AbortController();
  let lastAcknowledged = options.clock.monotonic();
  const writer = new BatchingWriter<Reading | undefined>({
    client: options.client,
    streamName: options.streamName,
    random: options.random,
    clock: options.clock,
    maxSpread: MAX_SPREAD,
    acknowledged: (entry, shardId, sequenceNumber) => {
      counts.acknowledged++;
      lastAcknowledged = options.clock.monotonic();
      options.acknowledged?.(entry.tag, shardId, sequenceNumber);
    },
    failed: (entry, reason) => {
      counts.failed++;
      if (options.clock.monotonic() - lastAcknowledged > GONE_AFTER) gone.abort();
      if (reasons.has(reason) || reasons.size >= MAX_REASONS) return;
      reasons.add(reason);
      options.notice?.(`a record of ${entry.key} was not written: ${reason}`);
    },
    uncertain: (entries) => {
      counts.uncertain += entries.length;
    },
    waiting: () => options.waiting?.(),
  });
  return {
    put: ({ key, data, time, reading }: Emission) => writer.put({ key, data, time, tag: reading }),
    flush: () => writer.flush(),
    async close() {
      writer.close();
    },
    ended: gone.signal,
    counts: () => ({ ...counts }),
  };
}
