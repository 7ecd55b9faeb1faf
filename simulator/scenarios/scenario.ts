import { integer, type Random } from '../random.ts';

/** How a unicorn feels, second by second: what a scenario decides. Where it goes is not its business. */
export interface Vitals {
  /** 0 to 300. */
  readonly magicPoints: number;
  /** 0 to 300. */
  readonly healthPoints: number;
  /** A second passes. */
  step(): void;
}

/** One story that a unicorn's vitals can tell. */
export interface Scenario {
  /** One line for the help of the command line. */
  readonly description: string;
  /** The vitals of one unicorn at its first reading, 150 points each; what follows draws from its own random stream. */
  begin(random: Random): Vitals;
}

/** Where points start and what they stay within: far inside 32 bits, however long the ride. */
export const POINTS = { start: 150, least: 0, most: 300 } as const;

/** One second of the classic sensor's random walk: -1, 0 or +1, each as likely, stopped at the bounds. */
export function walk(
  points: number,
  random: Random,
  least: number = POINTS.least,
  most: number = POINTS.most,
) {
  return Math.min(Math.max(points + integer(random, -1, 1), least), most);
}
