import { DescribeStreamSummaryCommand } from '@aws-sdk/client-kinesis';
import { KINESIS_LIMITS } from '../../../telemetry/topology.ts';
import { ifThere } from '../../check/missing.ts';
import { activeStream, isOpen, type PlacedRecord, recordsSince, shardsOf } from '../../check/streams.ts';
import { notYet, type Passed, passed } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';

/**
 * Records in one second of the clock by which a shard counts as full: arrival times are approximate, so that of 1,000
 * in a second a few are dated a little later.
 */
const FULL = 0.9 * KINESIS_LIMITS.perSecond.records;

/** One shard was sent more than it takes. */
export async function checkRush(at: Workbench): Promise<Passed> {
  const stream = at.names.rush;
  await activeStream(at, stream);
  const looked = `the stream ${stream}, second by second`;
  const busiest = busiestSecond(await recordsSince(at, stream, undefined), ({ shardId }) => shardId);
  if (busiest >= FULL) return passed(looked, `one shard took ${busiest} records in one second: it was full`);
  throw notYet({
    looked,
    found:
      busiest === 0 ? 'nothing came yet' : `at most ${busiest} records in one second came into one shard`,
    expected: 'a shard that is full: 1,000 records in one second',
    next: `./producer --stream ${stream} --fleet 1500 --duration 10s`,
  });
}

/** The same fleet fits into two. */
export async function checkShards(at: Workbench): Promise<Passed> {
  const stream = at.names.rush;
  await activeStream(at, stream);
  const looked = `the shards of the stream ${stream}`;
  const open = new Set((await shardsOf(at, stream)).filter(isOpen).map(({ ShardId = '' }) => ShardId));
  if (open.size < 2) {
    throw notYet({
      looked,
      found: 'one open shard',
      expected: 'two open shards',
      next: `aws kinesis update-shard-count --stream-name ${stream} --target-shard-count 2 --scaling-type UNIFORM_SCALING`,
    });
  }
  const records = (await recordsSince(at, stream, undefined)).filter(({ shardId }) => open.has(shardId));
  const used = new Set(records.map(({ shardId }) => shardId));
  const together = busiestSecond(records, () => 'all');
  if (used.size >= 2 && together > KINESIS_LIMITS.perSecond.records) {
    return passed(looked, `${used.size} shards took ${together} records in one second together`);
  }
  throw notYet({
    looked,
    found:
      used.size < 2
        ? `${open.size} open shards, of which ${used.size === 0 ? 'none has' : 'one has'} taken a record since`
        : `at most ${together} records in one second came into them together`,
    expected: 'more than 1,000 records in one second, in two shards together',
    next: `./producer --stream ${stream} --fleet 1500 --duration 10s`,
  });
}

/** It is gone, and the one that is needed is not. */
export async function checkTidy(at: Workbench): Promise<Passed> {
  const stream = at.names.rush;
  const looked = `the stream ${stream}`;
  const left = await ifThere(at.kinesis.send(new DescribeStreamSummaryCommand({ StreamName: stream })));
  if (left === undefined) {
    await activeStream(at, at.names.readings);
    return passed(looked, 'it is gone');
  }
  throw notYet({
    looked,
    found: `it is ${left.StreamDescriptionSummary?.StreamStatus ?? 'there'}`,
    expected: 'it is gone',
    next: `aws kinesis delete-stream --stream-name ${stream}`,
  });
}

/** The most records of one second of the clock, of those that have the same key. */
function busiestSecond(records: readonly PlacedRecord[], keyOf: (record: PlacedRecord) => string): number {
  const counts = new Map<string, number>();
  let most = 0;
  for (const record of records) {
    const second = `${keyOf(record)} ${Math.floor(record.arrival / 1_000)}`;
    const count = (counts.get(second) ?? 0) + 1;
    counts.set(second, count);
    if (count > most) most = count;
  }
  return most;
}
