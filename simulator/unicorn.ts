import type { Reading } from '../telemetry/reading.ts';
import { RIDE_START } from '../telemetry/topology.ts';
import { integer, normal, type Random, randomStream } from './random.ts';
import type { Scenario, Vitals } from './scenarios/scenario.ts';

/**
 * One unicorn and its sensor. Everything it does follows from the seed, its name and the scenario, second by second;
 * nothing depends on the time of day or on other unicorns.
 */
export class Unicorn {
  readonly name: string;
  readonly #seed: string;
  readonly #ride: Ride;
  readonly #vitals: Vitals;

  /** A unicorn at its first reading. */
  constructor(name: string, seed: string, scenario: Scenario) {
    this.name = name;
    this.#seed = seed;
    this.#ride = new Ride(this.randomStream('ride'));
    this.#vitals = scenario.begin(this.randomStream('vitals'));
  }

  /** This unicorn's own random numbers for a purpose, from their beginning. */
  randomStream(purpose: string): Random {
    return randomStream(this.#seed, this.name, purpose);
  }

  /** What the sensor measures at this second. */
  reading(statusTime: string): Reading {
    return new Measured(this.name, statusTime, this.#ride, this.#vitals);
  }

  /** A second passes. */
  step(): void {
    this.#ride.step();
    this.#vitals.step();
  }
}

/**
 * A class, as V8 would make all readings of an object literal where objects grow old, once it has seen a few thousand
 * of them outlive a collection that happened to be under way.
 */
class Measured implements Reading {
  declare readonly Name: string;
  declare readonly StatusTime: string;
  declare readonly Latitude: number;
  declare readonly Longitude: number;
  declare readonly Distance: number;
  declare readonly MagicPoints: number;
  declare readonly HealthPoints: number;

  constructor(name: string, statusTime: string, ride: Ride, vitals: Vitals) {
    this.Name = name;
    this.StatusTime = statusTime;
    this.Latitude = toMicrodegree(ride.latitude);
    this.Longitude = toMicrodegree(ride.longitude);
    this.Distance = ride.distance;
    this.MagicPoints = vitals.magicPoints;
    this.HealthPoints = vitals.healthPoints;
  }
}

/** Metres a second while nothing holds the unicorn up. */
const CRUISE = { mean: 30, deviation: 0.35, least: 29, most: 31 } as const;

/** Metres per degree of latitude, and of longitude on the equator, as the classic sensor takes them. */
const METRES_PER_DEGREE = { latitude: 110_540, longitude: 111_320 } as const;

/** Metres from the start beyond which the next bend leads back. A ride never gets much further than this. */
const RANGE = 8_000;

/** Seconds between bends, and how far and fast they turn, in radians. */
const BENDS = { straightFor: [10, 40], deviation: Math.PI / 4, perSecond: 0.25 } as const;

/** Seconds from one stop to the next and of a stop, and the share of the speed lost or won each second around it. */
const STOPS = { rideFor: [240, 720], standFor: [10, 40], braking: 0.25 } as const;

const RADIANS = Math.PI / 180;

/** Where a unicorn is: a ride through Manhattan with bends, and a stop every few minutes. */
class Ride {
  latitude: number = RIDE_START.latitude;
  longitude: number = RIDE_START.longitude;
  /** Metres in the second before, to the millimetre. */
  distance = 0;
  readonly #random: Random;
  /**
   * Radians anticlockwise from east, and by how much it changes each second of the bend. A number from the beginning,
   * not undefined: else V8 makes a new object for it at every step, which lives for a second.
   */
  #heading = 0;
  #turn = 0;
  #secondsOfHeading: number;
  /** Share of the cruising speed. */
  #pace = 1;
  #standing = false;
  #secondsToStop: number;

  /** A ride one second old: what the first reading measures. */
  constructor(random: Random) {
    this.#random = random;
    this.#heading = (integer(random, 0, 359) + 0.5) * RADIANS;
    this.#secondsOfHeading = integer(random, ...BENDS.straightFor);
    this.#secondsToStop = integer(random, ...STOPS.rideFor);
    this.step();
  }

  step(): void {
    this.#steer();
    this.#pedal();
    const speed = Math.min(
      Math.max(normal(this.#random, CRUISE.mean, CRUISE.deviation), CRUISE.least),
      CRUISE.most,
    );
    // The position follows the distance as it is reported, so that whoever adds up distances arrives where it says.
    this.distance = Math.round(speed * this.#pace * 1_000) / 1_000;
    const metresPerDegree = METRES_PER_DEGREE.longitude * Math.cos(this.latitude * RADIANS);
    this.latitude += (this.distance * Math.sin(this.#heading)) / METRES_PER_DEGREE.latitude;
    this.longitude += (this.distance * Math.cos(this.#heading)) / metresPerDegree;
  }

  /** Straight, then a bend, then straight again. */
  #steer(): void {
    if (this.#secondsOfHeading-- === 0) {
      if (this.#turn === 0) this.#beginBend();
      else this.#beginStraight();
    }
    this.#heading += this.#turn;
  }

  #beginStraight(): void {
    this.#turn = 0;
    this.#secondsOfHeading = integer(this.#random, ...BENDS.straightFor);
  }

  #beginBend(): void {
    const angle = this.#angleHome() ?? normal(this.#random, 0, BENDS.deviation);
    const seconds = Math.ceil(Math.abs(angle) / BENDS.perSecond) + 1;
    this.#turn = angle / seconds;
    this.#secondsOfHeading = seconds - 1;
  }

  /** How far to turn to face the start; undefined while it is near enough not to care. */
  #angleHome(): number | undefined {
    const north = (this.latitude - RIDE_START.latitude) * METRES_PER_DEGREE.latitude;
    const east =
      (this.longitude - RIDE_START.longitude) *
      METRES_PER_DEGREE.longitude *
      Math.cos(RIDE_START.latitude * RADIANS);
    if (north * north + east * east < RANGE * RANGE) return undefined;
    const angle = Math.atan2(-north, -east) - this.#heading;
    return Math.atan2(Math.sin(angle), Math.cos(angle));
  }

  /** Slows down to a stop, stands, and gets up to speed again. */
  #pedal(): void {
    if (this.#secondsToStop-- === 0) {
      this.#standing = !this.#standing;
      const [least, most] = this.#standing ? STOPS.standFor : STOPS.rideFor;
      this.#secondsToStop = integer(this.#random, least, most);
    }
    if (this.#standing) this.#pace = Math.max(0, this.#pace - STOPS.braking);
    else this.#pace = Math.min(1, this.#pace + STOPS.braking);
  }
}

/** Six places: 11 centimetres. */
function toMicrodegree(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}
