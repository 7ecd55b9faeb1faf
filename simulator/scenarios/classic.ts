import type { Random } from '../random.ts';
import { POINTS, type Scenario, type Vitals, walk } from './scenario.ts';

/** The sensor of the older guides: both points walk at random. Magic hardly ever runs low within the hour. */
export const classic: Scenario = {
  description: 'magic and health walk at random from 150',
  begin: (random) => new ClassicVitals(random),
};

class ClassicVitals implements Vitals {
  magicPoints: number = POINTS.start;
  healthPoints: number = POINTS.start;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  step(): void {
    this.magicPoints = walk(this.magicPoints, this.#random);
    this.healthPoints = walk(this.healthPoints, this.#random);
  }
}
