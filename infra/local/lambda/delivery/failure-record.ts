import { VERSION } from '../identity.ts';
import type { EventBatch } from './event-batch.ts';

/** Why records were given up, in the words of an invocation record. */
export type Condition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

/** Records that were given up: what an on-failure destination is told of. */
export interface Discarded {
  readonly condition: Condition;
  /** They, and nothing else. */
  readonly batch: EventBatch;
  /** Invocations that had them, more or less: a split counts anew. */
  readonly invocations: number;
  /** The last of those; null if there was none. */
  readonly requestId: string | null;
}

/** What a destination receives as JSON; a bucket receives the event of the records beside it. */
export type InvocationRecord = Readonly<Record<string, unknown>>;

/**
 * The invocation record of records that were given up. The records themselves are not in it: whoever wants them reads
 * them from the stream before they expire.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 *
 * @param functionArn with its version
 * @param now milliseconds since the epoch
 */
export function invocationRecord(discarded: Discarded, functionArn: string, now: number): InvocationRecord {
  const { condition, batch, invocations, requestId } = discarded;
  const { source, sequenceNumbers, arrivals } = batch;
  const batchInfo = {
    shardId: source.shardId,
    startSequenceNumber: sequenceNumbers[0],
    endSequenceNumber: sequenceNumbers.at(-1),
    approximateArrivalOfFirstRecord: new Date(arrivals[0] ?? now).toISOString(),
    approximateArrivalOfLastRecord: new Date(arrivals.at(-1) ?? now).toISOString(),
    batchSize: sequenceNumbers.length,
    streamArn: source.streamArn,
  };
  return {
    requestContext: {
      requestId,
      functionArn,
      condition,
      approximateInvokeCount: invocations,
    },
    // Records that were too old before anybody saw them have no response.
    ...(requestId === null
      ? {}
      : { responseContext: { statusCode: 200, executedVersion: VERSION, functionError: 'Unhandled' } }),
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    [source.kind === 'kinesis' ? 'KinesisBatchInfo' : 'DDBStreamBatchInfo']: batchInfo,
  };
}
