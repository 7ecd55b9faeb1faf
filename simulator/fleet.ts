import { WildRydesError } from '../telemetry/errors.ts';
import { nameFault } from '../telemetry/name.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { Unicorn } from './unicorn.ts';

/**
 * Unicorns that ride at the same time. For one seed, start, scenario and name, a unicorn's readings are the same
 * bytes whatever other unicorns there are. A fleet lives through one simulation: its unicorns move.
 */
export interface Fleet {
  readonly seed: string;
  /** StatusTime of the first readings, milliseconds since the epoch; reading i follows i seconds later. */
  readonly start: number;
  readonly unicorns: readonly Unicorn[];
}

export interface FleetOptions {
  /** Distinct, each 1 to 256 characters. */
  readonly names: readonly string[];
  /** Any text. */
  readonly seed: string;
  /** Whole milliseconds since the epoch. */
  readonly start: number;
  readonly scenario: Scenario;
}

/** @throws WildRydesError USAGE when a name cannot be one, or comes twice */
export function createFleet({ names, seed, start, scenario }: FleetOptions): Fleet {
  const taken = new Set<string>();
  for (const name of names) {
    const fault = nameFault(name);
    if (fault !== undefined) throw new WildRydesError('USAGE', `a unicorn's name ${fault}`);
    if (taken.has(name))
      throw new WildRydesError('USAGE', `two unicorns cannot have one name (given ${name} twice)`);
    taken.add(name);
  }
  return { seed, start, unicorns: names.map((name) => new Unicorn(name, seed, scenario)) };
}
