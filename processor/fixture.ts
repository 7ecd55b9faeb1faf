import type { KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';
import type { Observer } from './observer.ts';
import { ATTEMPT_LIMIT, type Effort } from './resend.ts';

/** What the tests of functions are made of: records, time that passes only when told to, and services that fail on schedule. */

export const SHARD = 'shardId-000000000007';

/** The nth sequence number of a shard: 56 digits, as AWS gives them. */
export function sequenceNumber(n: number): string {
  return `49${String(n).padStart(54, '0')}`;
}

export function kinesisRecord(options: {
  readonly n: number;
  readonly data: string | Uint8Array;
  readonly key?: string;
  readonly stream?: string;
  /** Milliseconds since the epoch. */
  readonly arrival?: number;
}): KinesisStreamRecord {
  const { n, data, key = 'Rocinante', stream = 'wildrydes', arrival = Date.UTC(2026, 0, 1) } = options;
  return {
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: key,
      sequenceNumber: sequenceNumber(n),
      data: Buffer.from(data).toString('base64'),
      approximateArrivalTimestamp: arrival / 1000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${SHARD}:${sequenceNumber(n)}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: 'arn:aws:iam::000000000000:role/WildRydesStreamProcessorRole',
    awsRegion: 'us-east-1',
    eventSourceARN: `arn:aws:kinesis:us-east-1:000000000000:stream/${stream}`,
  };
}

export function kinesisEvent(records: readonly KinesisStreamRecord[]): KinesisStreamEvent {
  return { Records: [...records] };
}

/** Time that passes only by sleeping and by attempts that get no answer. */
export interface VirtualEffort extends Effort {
  /** Milliseconds slept, in order. */
  readonly slept: readonly number[];
  /** Lets an attempt run into its limit: time passes, and its signal aborts. */
  expire(signal: AbortSignal): void;
}

export function virtualEffort(budget: number, random: () => number = () => 0.5): VirtualEffort {
  let left = budget;
  const slept: number[] = [];
  const limits = new Map<AbortSignal, { readonly controller: AbortController; readonly limit: number }>();
  return {
    slept,
    remaining: () => left,
    random,
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
      left -= milliseconds;
    },
    abortAfter: (limit) => {
      if (limit > ATTEMPT_LIMIT) throw new Error(`an attempt was given ${limit} ms`);
      const controller = new AbortController();
      limits.set(controller.signal, { controller, limit });
      return controller.signal;
    },
    expire: (signal) => {
      const { controller, limit } = limits.get(signal)!;
      left -= limit;
      controller.abort();
    },
  };
}

/** An error as an SDK client throws it when the service answered. */
export function serviceError(name: string, httpStatusCode: number, message = name): Error {
  const error = Object.assign(new Error(message), { $metadata: { httpStatusCode } });
  error.name = name;
  return error;
}

/** What may go wrong with one request. `lost`: it took effect, its answer got lost. `partial`: it took effect in part. */
export const FAULTS = ['none', 'throttled', 'broken', 'hangs', 'lost', 'partial'] as const;
export type Fault = (typeof FAULTS)[number];

/**
 * Carries out a request to a service under a fault.
 *
 * @param act the effect; told how many of its items, counted from the first, to leave undone at least
 */
export function underFault<R>(
  fault: Fault,
  effort: VirtualEffort,
  abortSignal: AbortSignal,
  act: (leaveUndone: number) => R,
): R {
  switch (fault) {
    case 'none':
      return act(0);
    case 'partial':
      return act(1);
    case 'throttled':
      throw serviceError('ThrottlingException', 400);
    case 'broken':
      throw serviceError('InternalServerError', 500);
    case 'hangs':
      effort.expire(abortSignal);
      throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
    case 'lost':
      act(0);
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  }
}

export const silentObserver: Observer = { info() {}, warn() {}, error() {}, count() {} };
