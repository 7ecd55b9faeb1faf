import type { Context, KinesisStreamBatchResponse } from 'aws-lambda';
import type { InvocationObserver, Observer } from './observer.ts';
import { describeError } from './resend.ts';
import { batchResponse, firstFailure, type Settlement } from './settle.ts';

/** Quarantined records named in the log, per batch: the stream itself names them all. */
const MOST_NAMED = 10;

/**
 * The handler of a trigger by a stream, of Kinesis or of a table, that reports batch item failures: settles a batch, tells of it, and answers.
 * What `settleBatch` throws fails the invocation, so that Lambda delivers the whole batch again.
 *
 * @param settleBatch one settlement per record of the event
 */
export function createBatchHandler<Event>(
  observer: InvocationObserver,
  settleBatch: (event: Event, context: Context) => Promise<readonly Settlement[]>,
): (event: Event, context: Context) => Promise<KinesisStreamBatchResponse> {
  return async (event, context) => {
    observer.begin(context);
    try {
      const settlements = await settleBatch(event, context);
      tell(observer, settlements);
      return batchResponse(settlements);
    } catch (error) {
      observer.error('the batch failed as a whole', { reason: describeError(error) });
      throw error;
    } finally {
      observer.end();
    }
  };
}

function tell(observer: Observer, settlements: readonly Settlement[]): void {
  const quarantined = settlements.filter(({ outcome }) => outcome === 'quarantined');
  const failed = settlements.filter(({ outcome }) => outcome === 'failed');
  observer.count('Records', settlements.length);
  observer.count('Quarantined', quarantined.length);
  observer.count('Failed', failed.length);
  for (const { sequenceNumber, reason = '' } of quarantined.slice(0, MOST_NAMED)) {
    observer.warn('quarantined a record', { sequenceNumber, reason });
  }
  if (quarantined.length > MOST_NAMED) {
    observer.warn('quarantined more records', { records: quarantined.length - MOST_NAMED });
  }
  const first = firstFailure(settlements);
  if (first !== undefined) {
    const { sequenceNumber, reason = '' } = first;
    observer.error('records failed and will come again', {
      records: failed.length,
      from: sequenceNumber,
      reason,
    });
  }
}
