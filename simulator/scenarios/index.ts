import { classic } from './classic.ts';
import { lowMagic } from './low-magic.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario, by the name that `--scenario` knows it by. A new one is a file here and a line in this table. */
export const SCENARIOS = {
  classic,
  'low-magic': lowMagic,
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;

export const SCENARIO_NAMES = Object.keys(SCENARIOS) as readonly ScenarioName[];

export function isScenarioName(text: string): text is ScenarioName {
  return Object.hasOwn(SCENARIOS, text);
}
