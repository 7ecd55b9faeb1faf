import { WildRydesError } from '../../telemetry/errors.ts';
import { classic } from './classic.ts';
import { lowMagic } from './low-magic.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario, by the name that `--scenario` knows it by. A new one is a file here and a line in this table. */
export const SCENARIOS = {
  classic,
  'low-magic': lowMagic,
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;

export const DEFAULT_SCENARIO: ScenarioName = 'classic';

/** @throws WildRydesError USAGE when there is none of that name */
export function scenarioNamed(name: string): Scenario {
  if (Object.hasOwn(SCENARIOS, name)) return SCENARIOS[name as ScenarioName];
  throw new WildRydesError(
    'USAGE',
    `--scenario must be one of ${Object.keys(SCENARIOS).join(', ')} (given ${name})`,
  );
}
