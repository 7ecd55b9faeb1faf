import { KINESIS_LIMITS } from '../../../telemetry/topology.ts';
import type { StackName } from '../stack-names.ts';
import { ASSUMPTIONS } from './assumptions.ts';
import { SIZES } from './sizes.ts';

/** What a deployment has to carry, from which the items of every stack follow. */
export interface Load {
  /** Unicorns that it is made for, 1 or more: they decide about shards and KPUs. */
  readonly madeFor: number;
  /** Unicorns that ride, all the time, one reading a second each: `madeFor`, or 0. */
  readonly riding: number;
  /** How long, above 0. */
  readonly hours: number;
  /** The same for what is paid by the hour begun. */
  readonly hoursBegun: number;
  readonly stacks: readonly StackName[];
  readonly onDemand: boolean;
  readonly shards: Shards;
  /** Whether the search's domain is part of it. */
  readonly ownSearch: boolean;
}

/** Of each stream: provisioned, or what an on-demand one is taken to have. */
export interface Shards {
  readonly readings: number;
  readonly summaries: number;
  readonly quarantine: number;
}

export const SECONDS_PER_HOUR = 3_600;

/**
 * Shards that a stream of so many records a second needs: one takes 1,000 of them and 1 MB. A single one may be filled to
 * the brim; several are not, as keys fall unevenly.
 *
 * @param bytes of a record, with its partition key
 * Source: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 */
export function shardsFor(recordsPerSecond: number, bytes: number): number {
  const { records, bytesWritten } = KINESIS_LIMITS.perSecond;
  const full = Math.max(recordsPerSecond / records, (recordsPerSecond * bytes) / bytesWritten);
  return full <= 1 ? 1 : Math.ceil(full / ASSUMPTIONS.shardFill.value);
}

/** Shards of the pipeline's streams for so many unicorns. */
export function shardsOf(unicorns: number, onDemand: boolean): Shards {
  const least = onDemand ? ASSUMPTIONS.onDemandShards.value : 1;
  return {
    readings: Math.max(least, shardsFor(unicorns, SIZES.reading + SIZES.key)),
    summaries: Math.max(least, shardsFor(unicorns / 60, SIZES.summary + SIZES.key)),
    quarantine: least,
  };
}

/**
 * KPUs that run the aggregation of so many unicorns, the one that only orchestrates not among them.
 * Source of what a KPU is: https://docs.aws.amazon.com/managed-flink/latest/java/how-pricing.html
 */
export function kpusFor(unicorns: number): number {
  return Math.ceil(unicorns / ASSUMPTIONS.readingsPerKpu.value);
}

/** Hours in which riders give readings, all taken together. */
export function ridingHours({ riding, hours }: Load): number {
  return riding * hours;
}

/**
 * What stands there of something that comes evenly, from nothing on, as hours times amount: it grows for as long as it is
 * kept, and is as much from then on.
 *
 * @param perHour amount that comes in an hour
 * @param kept hours that it is kept; default: for ever
 */
export function heldOver(hours: number, perHour: number, kept = Number.POSITIVE_INFINITY): number {
  const growing = Math.min(hours, kept);
  return perHour * ((growing * growing) / 2 + growing * (hours - growing));
}
