import { WildRydesError } from '../telemetry/errors.ts';
import { nameFault } from '../telemetry/name.ts';
import { SCENARIOS, type ScenarioName } from './scenarios/index.ts';
import { Unicorn } from './unicorn.ts';

export interface FleetOptions {
  /** Distinct, each 1 to 256 characters. */
  readonly names: readonly string[];
  /** Any text. */
  readonly seed: string;
  /** StatusTime of the first readings, whole milliseconds since the epoch. */
  readonly start: number;
  readonly scenario: ScenarioName;
}

/**
 * Unicorns that ride at the same time. For one seed, start, scenario and name, a unicorn's readings are the same
 * bytes whatever other unicorns there are. A fleet lives through one simulation: its unicorns move.
 */
export class Fleet {
  readonly seed: string;
  /** StatusTime of the first readings, milliseconds since the epoch; reading i is from i seconds later. */
  readonly start: number;
  readonly unicorns: readonly Unicorn[];

  /** @throws WildRydesError USAGE when a name cannot be one, or comes twice */
  constructor({ names, seed, start, scenario }: FleetOptions) {
    insistOnNames(names);
    this.seed = seed;
    this.start = start;
    this.unicorns = names.map((name) => new Unicorn(name, seed, SCENARIOS[scenario]));
  }
}

function insistOnNames(names: readonly string[]): void {
  const taken = new Set<string>();
  for (const name of names) {
    const fault = nameFault(name);
    if (fault !== undefined) throw new WildRydesError('USAGE', `a unicorn's name ${fault}`);
    if (taken.has(name)) {
      throw new WildRydesError('USAGE', `two unicorns cannot have the same name (given ${name} twice)`);
    }
    taken.add(name);
  }
}
