import type { Observer } from '../observer.ts';
import { type QuarantinePlace, UNKNOWN_SHARD } from './quarantine.ts';

/**
 * Tells of each refused record in a structured log line of its own, with where it stands and why, and without its
 * payload: that is in the stream for as long as the stream keeps it.
 */
export function createLogQuarantine(observer: Pick<Observer, 'warn'>): QuarantinePlace {
  return async (refused) => {
    for (const { record, reason } of refused) {
      const { stream, shardId = UNKNOWN_SHARD, sequenceNumber, data } = record;
      observer.warn('refused a record', { stream, shardId, sequenceNumber, bytes: data.length, reason });
    }
    return {
      acknowledged: new Set(refused.map(({ record }) => record.sequenceNumber)),
      reason: undefined,
    };
  };
}
