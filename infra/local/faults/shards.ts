import type { Gate, Refusal } from '../kinesis/gate.ts';
import type { Fault, Faults } from './faults.ts';

/**
 * Faults of shards, as a gate before them: throughput that is exceeded, records that fail. What they let pass, the gate
 * behind decides.
 *
 * @returns undefined while no such fault is on
 */
export function shardFaults(faults: Faults): ((behind: Gate | undefined) => Gate) | undefined {
  if (!faults.any(['throttle-shard', 'fail-records'])) return undefined;

  function happens(fault: Fault | undefined, shardId: string): boolean {
    if (fault === undefined) return false;
    const { shard = shardId } = fault.request;
    return shard === shardId && fault.happens();
  }

  const refusalOf = (streamName: string, shardId: string, writing: boolean): Refusal | undefined => {
    if (happens(faults.find('throttle-shard', streamName), shardId)) return 'throughput';
    if (writing && happens(faults.find('fail-records', streamName), shardId)) return 'failure';
    return undefined;
  };

  return (behind) => ({
    writes(streamName) {
      const next = behind?.writes(streamName);
      return (shard, bytes) => refusalOf(streamName, shard.shardId, true) ?? next?.(shard, bytes);
    },
    read: (streamName, shard) =>
      refusalOf(streamName, shard.shardId, false) ?? behind?.read(streamName, shard),
    hasRead: (shard, bytes) => behind?.hasRead(shard, bytes),
  });
}
