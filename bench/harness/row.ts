import type { Children } from './children.ts';
import type { Quiet } from './quiet.ts';

/** One row of the table of results. */
export interface Row {
  /** As in `npm run bench -- --row NAME`. */
  readonly name: string;
  /** What is measured, in a line. */
  readonly what: string;
  /** What it is to reach, in a line. */
  readonly reach: string;
  /** What it is compared with; empty where nothing comparable exists. */
  readonly peers: readonly string[];
  run(bench: Bench): Promise<RowResult | Skipped>;
}

/** A row that this machine lacks something for. */
export interface Skipped {
  /** What, and what to do about it. */
  readonly skipped: string;
}

/** What a row is given to run with. */
export interface Bench {
  /** Fewer and shorter rounds, to see that it works: no figures to quote. */
  readonly quick: boolean;
  /** Measurements of each contestant. */
  readonly rounds: number;
  readonly children: Children;
  readonly quiet: Quiet;
  /** A folder of this row's own, removed after it. */
  readonly folder: string;
  /** Tells what is going on. */
  progress(text: string): void;
}

export interface RowResult {
  /** Key count, record size, connections and whatever else the figures depend on. */
  readonly conditions: readonly string[];
  readonly figures: readonly Figure[];
  readonly judgements: readonly Judgement[];
}

/** What one contestant got, round by round. */
export interface Figure {
  readonly who: string;
  /** `records/s`, `MB`, `ms` */
  readonly unit: string;
  /** A sample for each round, in the same order for all contestants of a row; one alone if that was enough. */
  readonly samples: readonly number[];
}

/** One thing that was to be reached. */
export interface Judgement {
  readonly reach: string;
  readonly got: string;
  readonly met: boolean;
  /** A rate that the speed of the machine decides, and the least it is to be, in the same unit. */
  readonly rate?: { readonly got: number; readonly least: number };
  /** True: an aim, or a stricter reading of the reach; whether the reach is met does not depend on it. */
  readonly extra?: boolean;
}
