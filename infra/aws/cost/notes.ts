import { ASSUMPTIONS } from './assumptions.ts';
import { type Load, ridingHours, SECONDS_PER_HOUR, shardsOf } from './load.ts';
import { ATHENA } from './prices.ts';
import { FIREHOSE_STEP, GB, KB, SIZES } from './sizes.ts';

/** What the figures of an estimate alone would not tell, in sentences. */
export function notesOn(load: Load): string[] {
  return [...onShards(load), ...onArchive(load), ...onSearch(load)];
}

function onShards({ madeFor, onDemand, shards, stacks }: Load): string[] {
  const needed = shardsOf(madeFor, false).readings;
  if (onDemand || !stacks.includes('Streaming') || shards.readings >= needed) return [];
  return [
    `${plural(shards.readings, 'shard')} will not take so many readings: ${needed} are needed, and records are refused until there are.`,
  ];
}

function onArchive(load: Load): string[] {
  if (!load.stacks.includes('Archive')) return [];
  const terabytes = (ridingHours(load) * SECONDS_PER_HOUR * ASSUMPTIONS.archivedBytes.value) / (1_024 * GB);
  const usd = terabytes * ATHENA.usdPerTerabyte;
  const price = usd < 0.01 ? 'less than $0.01' : `$${usd.toFixed(2)}`;
  return [
    `Firehose counts every reading of ${SIZES.reading} bytes as ${FIREHOSE_STEP / KB} KB.`,
    `Athena takes $${ATHENA.usdPerTerabyte} for each TB that queries scan, not counted here: ${price} for one over all of this archive.`,
  ];
}

function onSearch(load: Load): string[] {
  if (!load.stacks.includes('Search') || !load.ownSearch) return [];
  const { riding } = load;
  const { searchPerSecond, indexedBytes, searchDisk } = ASSUMPTIONS;
  const indexed = (ridingHours(load) * (SECONDS_PER_HOUR + 60) * indexedBytes.value) / GB;
  const notes: string[] = [];
  if (riding > searchPerSecond.value) {
    notes.push(
      `The search domain is the smallest there is: it takes some ${searchPerSecond.value} readings a second, not ${riding.toLocaleString('en-US')}. What is beyond that waits in the stream, and is lost after a day.`,
    );
  }
  if (indexed > searchDisk.value) {
    notes.push(
      `Its disk of ${searchDisk.value} GB will not hold the index, which comes to about ${Math.ceil(indexed)} GB.`,
    );
  }
  return notes;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
