import { OWN_APPLICATION } from '../../infra/aggregation-engine.ts';
import type { TargetFlags } from '../../infra/target.ts';
import { oneText, prefixOption, readInteger, TARGET_OPTIONS } from '../options.ts';

/** What all commands of `wildrydes aggregation` take. */
export interface AggregationFlags extends TargetFlags {
  readonly application?: string | undefined;
  /** Of a deployment that shares its account: `alice`. */
  readonly prefix?: string | undefined;
  /** Seconds. */
  readonly wait?: string | undefined;
  readonly json?: boolean | undefined;
}

export const COMMON_OPTIONS = {
  application: oneText(`the application, by its whole name [default: ${OWN_APPLICATION}, after the prefix]`, {
    group: 'What:',
  }),
  prefix: prefixOption({ group: 'What:' }),
  ...TARGET_OPTIONS,
  json: { type: 'boolean', group: 'What you see:', describe: 'one JSON object' },
} as const;

export const WAIT_OPTION = {
  wait: oneText('seconds to wait for it at most; 0: do not wait [default: 600]', { group: 'How:' }),
} as const;

/** Seconds that are waited at most when nothing is said: an update of a large state takes minutes. */
const PATIENCE = 600;

/** @returns milliseconds */
export function patienceOf({ wait }: Pick<AggregationFlags, 'wait'>): number {
  return 1_000 * (wait === undefined ? PATIENCE : readInteger('--wait', wait, 0, 86_400));
}
