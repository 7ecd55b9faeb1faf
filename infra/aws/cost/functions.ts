import type { FunctionManifest } from '../../../processor/manifest.ts';
import { ASSUMPTIONS } from './assumptions.ts';
import { heldOver, type Load, SECONDS_PER_HOUR } from './load.ts';
import { MONTH, PRICES } from './prices.ts';
import type { Item } from './row.ts';
import { GB } from './sizes.ts';

/** How a function is called. */
export interface Calls {
  readonly manifest: FunctionManifest;
  /** Calls an hour, 0 or more. */
  readonly perHour: number;
  /** Records an hour in all of them. */
  readonly records: number;
  /** What it does with each: it reads it, or writes it to a table or an index. */
  readonly work: 'reads' | 'writes';
  /** Metrics that it publishes, as its code names them. */
  readonly metrics: number;
  /** Goes before its items where a stack has several functions. */
  readonly of?: string;
}

/** What a function costs: its calls, their time, its log and its metrics. */
export function functionItems(calls: Calls, { hours, hoursBegun }: Load): Item[] {
  const { manifest, perHour, records, work, metrics } = calls;
  const of = calls.of === undefined ? {} : { of: calls.of };
  const { callMilliseconds, readMilliseconds, writeMilliseconds, logBytes, logHours } = ASSUMPTIONS;
  const each = work === 'reads' ? readMilliseconds.value : writeMilliseconds.value;
  const seconds = (perHour * callMilliseconds.value + records * each) / 1_000;
  const logged = (perHour * logBytes.value) / GB;
  return [
    { ...of, price: PRICES.lambdaRequest, quantity: perHour * hours },
    { ...of, price: PRICES.lambdaCompute, quantity: seconds * hours * (manifest.memorySize / 1_024) },
    { ...of, price: PRICES.logIn, quantity: logged * hours },
    { ...of, price: PRICES.logStorage, quantity: heldOver(hours, logged, logHours.value) / MONTH },
    // A metric is paid for in hours in which something is told of it.
    { ...of, price: PRICES.metric, quantity: perHour > 0 ? (metrics * hoursBegun) / MONTH : 0 },
  ];
}

/** Calls an hour for records that come every second. */
export function callsForReadings(manifest: FunctionManifest, { riding, shards }: Load): number {
  const polls = shards.readings * ASSUMPTIONS.pollsPerSecond.value;
  return SECONDS_PER_HOUR * Math.min(riding, Math.max(polls, Math.ceil(riding / batchSizeOf(manifest))));
}

/** Calls an hour for summaries, of which all come once a minute. */
export function callsForSummaries(manifest: FunctionManifest, { riding, shards }: Load): number {
  const partial = shards.summaries * ASSUMPTIONS.summaryPolls.value;
  return 60 * Math.min(riding, Math.ceil(riding / batchSizeOf(manifest)) + partial);
}

/** @throws Error when nothing is polled for it: a defect of the estimate */
function batchSizeOf({ functionName, triggers }: FunctionManifest): number {
  for (const trigger of triggers) if ('batchSize' in trigger) return trigger.batchSize;
  throw new Error(`${functionName} has no trigger with batches`);
}
