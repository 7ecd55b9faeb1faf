import { parseStatusTime } from '../../telemetry/status-time.ts';
import { KINESIS_LIMITS } from '../../telemetry/topology.ts';
import type { Case, CaseEvent } from './format.ts';

/**
 * Whether a case can be put into a real Kinesis stream and still mean the same: each record has the same fate
 * whenever it arrives and however the shards' answers interleave.
 *
 * That is so if the stream can be resharded as the case says (by splits in two and merges of two), if one shard at a
 * time gives records, each a descendant of the one before, and if nothing hangs on a silence or on the arrival. Put
 * the records in without a pause of 30 s, for a silence moves watermarks.
 *
 * Windows that are open in the case's end may have closed in the stream: after 30 s, shards at their tip follow the
 * clock. The quarantine, duplicates and late ones are as expected, and summarised and open ones taken together.
 *
 * Sources: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SplitShard.html and API_MergeShards.html
 *
 * @param now milliseconds since the epoch; records that arrived later in the case are not to be had
 */
export function runsEndToEnd({ events, expect }: Case, now: number): boolean {
  return (
    expect.quarantine.every(({ category }) => category === 'invalid') &&
    events.every((event) => isToBeHad(event, now)) &&
    isResharding(events) &&
    givesByTurns(events)
  );
}

function isToBeHad(event: CaseEvent, now: number): boolean {
  if (event.event !== 'record') return event.event !== 'silence';
  const { length } = [...event.key];
  return length >= 1 && length <= KINESIS_LIMITS.partitionKeyLength && parseStatusTime(event.arrival)! <= now;
}

/** At most two shards at first; each that ends is split in two, or merged with its neighbour. */
function isResharding(events: readonly CaseEvent[]): boolean {
  const parents = parentsByShard(events);
  const started = [...parents];
  const roots = started.filter(([, its]) => its.length === 0);
  const finished = new Set(events.flatMap((event) => (event.event === 'finish' ? [event.shard] : [])));
  const neighbours = (shards: readonly string[]) =>
    new Set(shards.map((shard) => parents.get(shard)?.join(' '))).size === 1;

  return (
    roots.length <= 2 &&
    events.slice(0, roots.length).every((event) => event.event === 'start' && event.parents.length === 0) &&
    started.every(([shard, its]) => its.every((parent) => parents.has(parent)) && endsWell(shard))
  );

  function endsWell(shard: string): boolean {
    const children = started.filter(([, its]) => its.includes(shard));
    if (children.length === 0) return !finished.has(shard);
    const [first] = children as [(typeof children)[0]];
    const isSplit = children.length === 2 && children.every(([, its]) => its.length === 1);
    const isMerge = children.length === 1 && first[1].length === 2 && neighbours(first[1]);
    return finished.has(shard) && (isSplit || isMerge);
  }
}

/** No shard gives a record once it has a child, or while one that it does not descend from may give more. */
function givesByTurns(events: readonly CaseEvent[]): boolean {
  const parents = parentsByShard(events);
  const closed = new Set<string>();
  let giving: string | undefined;
  for (const event of events) {
    if (event.event === 'start') for (const parent of event.parents) closed.add(parent);
    if (event.event !== 'record') continue;
    const { shard } = event;
    if (closed.has(shard)) return false;
    if (giving !== undefined && shard !== giving && !descends(shard, giving, parents)) return false;
    giving = shard;
  }
  return true;
}

function descends(shard: string, from: string, parents: ReadonlyMap<string, readonly string[]>): boolean {
  return (parents.get(shard) ?? []).some((parent) => parent === from || descends(parent, from, parents));
}

function parentsByShard(events: readonly CaseEvent[]): ReadonlyMap<string, readonly string[]> {
  return new Map(events.flatMap((event) => (event.event === 'start' ? [[event.shard, event.parents]] : [])));
}
