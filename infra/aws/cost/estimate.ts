import { WildRydesError } from '../../../telemetry/errors.ts';
import { quote } from '../../../telemetry/excerpt.ts';
import { STACK_NAMES, type StackName } from '../stack-names.ts';
import { ITEMS } from './items.ts';
import { kpusFor, type Load, type Shards, shardsOf } from './load.ts';
import { notesOn } from './notes.ts';
import { MONTH, PRICES_READ, PRICES_REGION, type ServiceName } from './prices.ts';
import { type CostRow, rowOf } from './row.ts';

/** What is to be estimated. */
export interface EstimateRequest {
  /** Unicorns that ride all the time, a reading a second each: 1 to a million, whole. */
  readonly unicorns: number;
  /** How long, above 0, to 8,760: a year. */
  readonly hours: number;
  /** At least one, each of STACK_NAMES. What they stand on is not added. */
  readonly stacks: readonly string[];
  /** Streams that are paid by what goes through them; default: by their shards. */
  readonly onDemand?: boolean;
  /** Shards of each stream, 1 to 10,000; default: as many as each needs. Not for on-demand streams. */
  readonly shards?: number | undefined;
  /** Whether the search has a domain of its own; false: it writes to one that exists, which is not counted. Default: true. */
  readonly ownSearch?: boolean;
}

/** What a deployment costs. Money is in US dollars, and exact: nothing is rounded. */
export interface Estimate {
  readonly unicorns: number;
  readonly hours: number;
  readonly stacks: readonly StackName[];
  readonly onDemand: boolean;
  /** Shards of each stream; of on-demand streams, those that they are taken to have. */
  readonly shards: Shards;
  /** KPUs of the aggregation, the one for orchestration among them; 0 without it. */
  readonly kpus: number;
  /** The region that the prices are of. */
  readonly pricesOf: string;
  /** The day on which they were gathered. */
  readonly pricesRead: string;
  readonly rows: readonly CostRow[];
  /** The sum of the rows. */
  readonly total: number;
  /** What it comes to for who forgets about it. */
  readonly month: {
    readonly hours: number;
    /** The unicorns riding on. */
    readonly riding: number;
    /** The unicorns gone: what merely stands there. */
    readonly idle: number;
  };
  /** What the figures alone would not tell, in sentences. */
  readonly notes: readonly string[];
}

/** Most of what may be asked for. */
export const LIMITS = { unicorns: 1_000_000, hours: 8_760, shards: 10_000 } as const;

/**
 * Estimates what stacks cost on AWS while unicorns ride, from the table of prices, the table of assumptions, and the sizes of
 * what the kit writes. The free tier, taxes and discounts are not counted. A pure function.
 *
 * @throws WildRydesError USAGE when anything of the request is out of range
 */
export function estimate(request: EstimateRequest): Estimate {
  const { unicorns, hours, onDemand = false, ownSearch = true } = request;
  insist('unicorns', unicorns, Number.isInteger(unicorns) && unicorns >= 1, LIMITS.unicorns);
  insist('hours', hours, hours > 0, LIMITS.hours);
  const stacks = stacksOf(request.stacks);
  const shards = shardsWanted(request);
  const made = { madeFor: unicorns, stacks, onDemand, shards, ownSearch } as const;
  const load: Load = { ...made, riding: unicorns, ...lasting(hours) };
  const rows = rowsOf(load);
  const month = { ...made, ...lasting(MONTH) } as const;
  return {
    unicorns,
    hours,
    stacks,
    onDemand,
    shards,
    kpus: stacks.includes('Aggregation') ? kpusFor(unicorns) + 1 : 0,
    pricesOf: PRICES_REGION,
    pricesRead: PRICES_READ,
    rows,
    total: sumOf(rows),
    month: {
      hours: MONTH,
      riding: sumOf(rowsOf({ ...month, riding: unicorns })),
      idle: sumOf(rowsOf({ ...month, riding: 0 })),
    },
    notes: notesOn(load),
  };
}

/** US dollars of rows, together. */
export function sumOf(rows: readonly CostRow[]): number {
  return rows.reduce((sum, { amount }) => sum + amount, 0);
}

/** US dollars of each service, the dearest first. */
export function byService(
  rows: readonly CostRow[],
): { readonly service: ServiceName; readonly amount: number }[] {
  const amounts = new Map<ServiceName, number>();
  for (const { service, amount } of rows) amounts.set(service, (amounts.get(service) ?? 0) + amount);
  return [...amounts].map(([service, amount]) => ({ service, amount })).sort((a, b) => b.amount - a.amount);
}

/** The rows of every stack. What there is nothing of is no row. */
function rowsOf(load: Load): CostRow[] {
  return load.stacks.flatMap((stack) =>
    ITEMS[stack](load)
      .map((item) => rowOf(stack, item))
      .filter(({ quantity }) => quantity > 0),
  );
}

function lasting(hours: number): Pick<Load, 'hours' | 'hoursBegun'> {
  return { hours, hoursBegun: Math.ceil(hours) };
}

function stacksOf(given: readonly string[]): StackName[] {
  const known: readonly string[] = STACK_NAMES;
  const unknown = given.find((name) => !known.includes(name));
  if (unknown !== undefined || given.length === 0) {
    throw new WildRydesError(
      'USAGE',
      `a stack must be ${STACK_NAMES.slice(0, -1).join(', ')} or ${STACK_NAMES.at(-1)} (given ${unknown === undefined ? 'none' : quote(unknown)})`,
    );
  }
  return STACK_NAMES.filter((name) => given.includes(name));
}

function shardsWanted({ unicorns, onDemand = false, shards }: EstimateRequest): Shards {
  if (shards === undefined) return shardsOf(unicorns, onDemand);
  if (onDemand) {
    throw new WildRydesError('USAGE', `on-demand streams have no number of shards (given ${shards})`);
  }
  insist('shards', shards, Number.isInteger(shards) && shards >= 1, LIMITS.shards);
  return { readings: shards, summaries: shards, quarantine: shards };
}

function insist(what: keyof typeof LIMITS, given: number, valid: boolean, most: number): void {
  if (valid && given <= most) return;
  const least = what === 'hours' ? 'a number above 0,' : 'a whole number from 1';
  throw new WildRydesError('USAGE', `${what} must be ${least} to ${most} (given ${given})`);
}
