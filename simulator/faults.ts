import { WildRydesError } from '../telemetry/errors.ts';
import type { Reading } from '../telemetry/reading.ts';
import { encodeReading } from '../telemetry/reading-codec.ts';
import { formatStatusTime } from '../telemetry/status-time.ts';
import type { Emission } from './emission.ts';
import { MALFORMED } from './malformed.ts';
import { integer, type Random, uniform } from './random.ts';
import type { Unicorn } from './unicorn.ts';

/** Probability of each fault, per reading, from 0 to 1, and of all together at most 1. */
export type FaultRates = Readonly<Partial<Record<FaultName, number>>>;

export type FaultName = keyof typeof FAULTS;

/** What a clean simulation emits: the reading is there. */
export interface CleanEmission extends Emission {
  readonly reading: Reading;
}

/** What becomes of a clean emission. */
interface Fate {
  readonly emission: Emission;
  /** Simulated seconds until it is emitted. */
  readonly delay: number;
  /** Emission.time of one that is delayed: that of the measurement, or that of the emission. */
  readonly timed: 'as measured' | 'as emitted';
}

interface Fault {
  /** One line for the help of the command line. */
  readonly description: string;
  readonly strike: (clean: CleanEmission, sensor: Sensor) => readonly Fate[];
}

/** Milliseconds by which a skewed sensor's clock is ahead: twice what the aggregation takes for a reading's time. */
const SKEW = 600_000;

/** Every fault, by the name that `--fault` knows it by. */
export const FAULTS = {
  late: {
    description: 'sent 10 to 30 s after it was measured (counted as late if its minute is closed by then)',
    strike: (clean, { random }) => [{ emission: clean, delay: integer(random, 10, 30), timed: 'as emitted' }],
  },
  duplicate: {
    description: 'sent twice',
    strike: (clean) => [now(clean), now(clean)],
  },
  missing: {
    description: 'never sent',
    strike: () => [],
  },
  shuffle: {
    description: 'sent out of order, 1 to 4 s after it was measured',
    strike: (clean, { random }) => [{ emission: clean, delay: integer(random, 1, 4), timed: 'as measured' }],
  },
  malformed: {
    description: 'garbled: truncated, bad UTF-8, wrong types, missing fields, out of range',
    strike: (clean, sensor) => {
      const { garble } = MALFORMED[sensor.malformed++ % MALFORMED.length]!;
      return [now({ ...clean, data: garble(clean.reading), reading: undefined })];
    },
  },
  skew: {
    description: 'StatusTime is 10 minutes ahead',
    strike: (clean) => {
      const reading = { ...clean.reading, StatusTime: formatStatusTime(clean.time + SKEW) };
      return [now({ ...clean, data: Buffer.from(encodeReading(reading)), reading })];
    },
  },
} as const satisfies Record<string, Fault>;

const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

/** A unicorn's sensor as far as its faults go. */
interface Sensor {
  readonly random: Random;
  /** Which way of being malformed comes next. */
  malformed: number;
}

/**
 * Reads `--fault`: names and probabilities such as `late=0.01,duplicate=0.05`.
 *
 * @throws WildRydesError USAGE for an unknown fault, one given twice, or probabilities that cannot be
 */
export function parseFaults(text: string): FaultRates {
  const rates: Partial<Record<FaultName, number>> = {};
  for (const part of text.split(',')) {
    const [name = '', given] = part.split('=', 2).map((piece) => piece.trim());
    if (!isFaultName(name)) {
      throw new WildRydesError(
        'USAGE',
        `--fault knows ${FAULT_NAMES.join(', ')} (given ${name === '' ? 'nothing' : name})`,
        { next: 'Write it like --fault late=0.01,duplicate=0.01' },
      );
    }
    if (name in rates) throw new WildRydesError('USAGE', `--fault takes ${name} once (given twice)`);
    rates[name] = parseRate(name, given);
  }
  insistOnSum(rates);
  return rates;
}

function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name);
}

function parseRate(name: FaultName, given: string | undefined): number {
  const rate =
    given !== undefined && /^(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(given) ? Number(given) : Number.NaN;
  if (rate >= 0 && rate <= 1) return rate;
  throw new WildRydesError(
    'USAGE',
    `--fault ${name} must be a probability from 0 to 1, like ${name}=0.01 (given ${given || 'none'})`,
  );
}

function insistOnSum(rates: FaultRates): void {
  const sum = Object.values(rates).reduce((total, rate) => total + rate, 0);
  // A sum of decimals such as 0.1 may miss 1 by a few units in the last place.
  if (sum <= 1 + 1e-9) return;
  throw new WildRydesError(
    'USAGE',
    `--fault probabilities must be at most 1 together, as a reading has at most one fault (given ${sum})`,
  );
}

/** Faults for one simulation. */
export function createFaults(rates: FaultRates): Faults {
  return new Faults(rates);
}

/**
 * Breaks the clean emissions of one simulation. Each reading has at most one fault, drawn from a random stream of the
 * unicorn's own that nothing else draws from: the clean readings are those of a run without faults.
 */
export class Faults {
  /** With the probability that a reading has this fault or one of those before it. */
  readonly #cumulative: readonly { readonly name: FaultName; readonly upTo: number }[];
  readonly #sensors = new Map<Unicorn, Sensor>();
  /** What is held back, by the simulated time from which it is to be emitted. */
  readonly #held = new Map<number, Fate[]>();
  readonly #counts = Object.fromEntries(FAULT_NAMES.map((name) => [name, 0])) as Record<FaultName, number>;

  constructor(rates: FaultRates) {
    let upTo = 0;
    this.#cumulative = FAULT_NAMES.map((name) => {
      upTo += rates[name] ?? 0;
      return { name, upTo };
    });
  }

  /** Readings that each fault has struck. */
  counts(): Readonly<Record<FaultName, number>> {
    return { ...this.#counts };
  }

  /** What is to be emitted now in place of a clean emission. The rest, if any, is held back. */
  pass(unicorn: Unicorn, clean: CleanEmission): readonly Emission[] {
    const sensor = this.#sensorOf(unicorn);
    const fault = this.#draw(sensor.random);
    if (fault === undefined) return [clean];
    this.#counts[fault]++;
    const emissions: Emission[] = [];
    for (const fate of FAULTS[fault].strike(clean, sensor)) {
      if (fate.delay === 0) emissions.push(fate.emission);
      else this.#hold(clean.time + fate.delay * 1_000, fate);
    }
    return emissions;
  }

  /** Takes out what was held back until `time` or earlier, in the order in which it was due. */
  due(time: number): readonly Emission[] {
    const times = [...this.#held.keys()].filter((due) => due <= time).sort((a, b) => a - b);
    return times.flatMap((due) => this.#release(due, time));
  }

  /** Takes out all that is still held back, for a run that ends at `time`. */
  rest(time: number): readonly Emission[] {
    const times = [...this.#held.keys()].sort((a, b) => a - b);
    return times.flatMap((due) => this.#release(due, time));
  }

  #sensorOf(unicorn: Unicorn): Sensor {
    let sensor = this.#sensors.get(unicorn);
    if (sensor === undefined) {
      const random = unicorn.randomStream('faults');
      // Sensors start at different places of the table, so that a short run of a fleet shows them all.
      sensor = { random, malformed: integer(random, 0, MALFORMED.length - 1) };
      this.#sensors.set(unicorn, sensor);
    }
    return sensor;
  }

  #draw(random: Random): FaultName | undefined {
    const drawn = uniform(random);
    return this.#cumulative.find(({ upTo }) => drawn < upTo)?.name;
  }

  #hold(due: number, fate: Fate): void {
    const held = this.#held.get(due);
    if (held === undefined) this.#held.set(due, [fate]);
    else held.push(fate);
  }

  #release(due: number, time: number): Emission[] {
    const held = this.#held.get(due) ?? [];
    this.#held.delete(due);
    return held.map(({ emission, timed }) => (timed === 'as emitted' ? { ...emission, time } : emission));
  }
}

function now(emission: Emission): Fate {
  return { emission, delay: 0, timed: 'as measured' };
}
