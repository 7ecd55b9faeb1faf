import { integer, type Random } from '../random.ts';
import { POINTS, type Scenario, type Vitals, walk } from './scenario.ts';

/**
 * An alert that fires and recovers, again and again: every five minutes magic drains below 50 within the first two,
 * stays low for a while, and is back at 140 or more before the five are over. On its way down and on its way up it
 * never turns, so an episode crosses each threshold once.
 */
export const lowMagic: Scenario = {
  description: 'magic drains below 50 within two minutes and recovers, every five minutes',
  begin: (random) => new LowMagicVitals(random),
};

/** Seconds from one episode to the next. */
const PERIOD = 300;

/**
 * Seconds and points, from least to most. The worst cases add up to less than a period: 15 s calm, 125 s down from
 * 150 to 25, 20 s low, 130 s up from 20 to 150; and the first two minutes reach 49: 15 s calm, 101 s down.
 */
const RANGES = {
  calmFor: [0, 15],
  calmWithin: [130, 150],
  drainTo: [25, 40],
  lowFor: [5, 20],
  lowWithin: [20, 45],
  recoverTo: [140, 150],
  perSecond: [1, 2],
} as const;

type Phase = 'calm' | 'draining' | 'low' | 'recovering' | 'recovered';

class LowMagicVitals implements Vitals {
  magicPoints: number = POINTS.start;
  healthPoints: number = POINTS.start;
  readonly #random: Random;
  #phase: Phase = 'calm';
  #secondsOfEpisode = 0;
  #secondsOfPhase = 0;
  #calmFor = 0;
  #drainTo = 0;
  #lowFor = 0;
  #recoverTo = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#beginEpisode();
  }

  step(): void {
    this.healthPoints = walk(this.healthPoints, this.#random);
    this.#secondsOfPhase++;
    if (++this.#secondsOfEpisode === PERIOD) this.#beginEpisode();
    switch (this.#phase) {
      case 'calm':
        this.#walkWithin(RANGES.calmWithin);
        if (this.#secondsOfPhase >= this.#calmFor) this.#enter('draining');
        break;
      case 'draining':
        this.magicPoints -= this.#draw(RANGES.perSecond);
        if (this.magicPoints <= this.#drainTo) this.#enter('low');
        break;
      case 'low':
        this.#walkWithin(RANGES.lowWithin);
        if (this.#secondsOfPhase >= this.#lowFor) this.#enter('recovering');
        break;
      case 'recovering':
        this.magicPoints = Math.min(this.magicPoints + this.#draw(RANGES.perSecond), this.#recoverTo);
        if (this.magicPoints === this.#recoverTo) this.#enter('recovered');
        break;
      case 'recovered':
        this.#walkWithin(RANGES.calmWithin);
        break;
    }
  }

  #beginEpisode(): void {
    this.#secondsOfEpisode = 0;
    this.#calmFor = this.#draw(RANGES.calmFor);
    this.#drainTo = this.#draw(RANGES.drainTo);
    this.#lowFor = this.#draw(RANGES.lowFor);
    this.#recoverTo = this.#draw(RANGES.recoverTo);
    this.#enter('calm');
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#secondsOfPhase = 0;
  }

  #walkWithin([least, most]: readonly [number, number]): void {
    this.magicPoints = walk(this.magicPoints, this.#random, least, most);
  }

  #draw([least, most]: readonly [number, number]): number {
    return integer(this.#random, least, most);
  }
}
