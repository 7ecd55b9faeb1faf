/** An open window as it is checkpointed: the used part of each column. */
export interface WindowSnapshot {
  /** Start of the window, milliseconds since the epoch. */
  readonly start: number;
  readonly unicorns: Uint32Array;
  readonly figures: Int32Array;
  readonly distances: Float64Array;
  readonly offsets: Uint16Array;
}

/** What one unicorn did in one window. */
export interface Minute {
  readonly readings: number;
  /** Sum of the distances: whole metres, and the micrometres beyond them (below a million). */
  readonly metres: number;
  readonly micrometres: number;
  readonly minMagicPoints: number;
  readonly maxMagicPoints: number;
  readonly minHealthPoints: number;
  readonly maxHealthPoints: number;
}

const MICROMETRES = 1_000_000;

/** One unicorn's figures in a row: extremes, how many readings, and where their instants are kept. */
const FIGURES = 7;
const MIN_MAGIC = 0;
const MAX_MAGIC = 1;
const MIN_HEALTH = 2;
const MAX_HEALTH = 3;
const READINGS = 4;
const EXTENT = 5;
const CAPACITY = 6;

/** Instants that a unicorn has room for at first; one that sends each second then grows once, to 64. */
const FIRST_CAPACITY = 16;
const GROWTH = 4;

/**
 * One window that is still open, for all unicorns, in columns: some 200 bytes for a unicorn that sends each second,
 * and nothing is allocated per reading.
 *
 * A unicorn's instants are kept as milliseconds from the window's start, sorted, so that one that comes in order costs
 * a comparison, and a duplicate is found by bisection. Windows are at most 65,535 ms long.
 */
export class OpenWindow {
  #start: number;
  /** Row of each unicorn by its number, plus one; 0: none. */
  #rows: Uint32Array;
  #unicorns: Uint32Array;
  #figures: Int32Array;
  /** Whole metres and micrometres apart: their sum in micrometres may pass 2^53. */
  #distances: Float64Array;
  #offsets: Uint16Array;
  #size = 0;
  #used = 0;

  constructor(start: number) {
    this.#start = start;
    this.#rows = new Uint32Array(16);
    this.#unicorns = new Uint32Array(4);
    this.#figures = new Int32Array(4 * FIGURES);
    this.#distances = new Float64Array(4 * 2);
    this.#offsets = new Uint16Array(4 * FIRST_CAPACITY);
  }

  static restore(snapshot: WindowSnapshot): OpenWindow {
    const window = new OpenWindow(snapshot.start);
    window.#unicorns = snapshot.unicorns.slice();
    window.#figures = snapshot.figures.slice();
    window.#distances = snapshot.distances.slice();
    window.#offsets = snapshot.offsets.slice();
    window.#size = snapshot.unicorns.length;
    window.#used = snapshot.offsets.length;
    for (let row = 0; row < window.#size; row++) window.#setRow(window.#unicorns[row]!, row);
    return window;
  }

  /** Milliseconds since the epoch. */
  get start(): number {
    return this.#start;
  }

  /** Unicorns in it. */
  get size(): number {
    return this.#size;
  }

  /**
   * @param offset milliseconds from the window's start
   * @param micrometres distance, a non-negative integer of at most 2^53
   * @returns false, and nothing is merged, if the unicorn has a reading of that instant already
   */
  merge(
    unicorn: number,
    offset: number,
    micrometres: number,
    magicPoints: number,
    healthPoints: number,
  ): boolean {
    const known = unicorn < this.#rows.length ? this.#rows[unicorn]! : 0;
    const row = known === 0 ? this.#add(unicorn, magicPoints, healthPoints) : known - 1;
    if (!this.#keepInstant(row, offset)) return false;

    const figures = this.#figures;
    const at = row * FIGURES;
    if (magicPoints < figures[at + MIN_MAGIC]!) figures[at + MIN_MAGIC] = magicPoints;
    if (magicPoints > figures[at + MAX_MAGIC]!) figures[at + MAX_MAGIC] = magicPoints;
    if (healthPoints < figures[at + MIN_HEALTH]!) figures[at + MIN_HEALTH] = healthPoints;
    if (healthPoints > figures[at + MAX_HEALTH]!) figures[at + MAX_HEALTH] = healthPoints;

    const metres = Math.floor(micrometres / MICROMETRES);
    const rest = this.#distances[2 * row + 1]! + (micrometres - metres * MICROMETRES);
    const carry = rest >= MICROMETRES ? 1 : 0;
    this.#distances[2 * row]! += metres + carry;
    this.#distances[2 * row + 1] = rest - carry * MICROMETRES;
    return true;
  }

  /** The unicorns in it, by number, in the order in which they first appeared. */
  unicorns(): number[] {
    return Array.from(this.#unicorns.subarray(0, this.#size));
  }

  /** What a unicorn that is in it did. */
  minute(unicorn: number): Minute {
    const row = this.#rows[unicorn]! - 1;
    const at = row * FIGURES;
    return {
      readings: this.#figures[at + READINGS]!,
      metres: this.#distances[2 * row]!,
      micrometres: this.#distances[2 * row + 1]!,
      minMagicPoints: this.#figures[at + MIN_MAGIC]!,
      maxMagicPoints: this.#figures[at + MAX_MAGIC]!,
      minHealthPoints: this.#figures[at + MIN_HEALTH]!,
      maxHealthPoints: this.#figures[at + MAX_HEALTH]!,
    };
  }

  /** Empties it, to be used for another minute: its columns keep their room. */
  reuse(start: number): void {
    this.#start = start;
    for (let row = 0; row < this.#size; row++) this.#rows[this.#unicorns[row]!] = 0;
    this.#size = 0;
    this.#used = 0;
  }

  snapshot(): WindowSnapshot {
    return {
      start: this.#start,
      unicorns: this.#unicorns.slice(0, this.#size),
      figures: this.#figures.slice(0, this.#size * FIGURES),
      distances: this.#distances.slice(0, this.#size * 2),
      offsets: this.#offsets.slice(0, this.#used),
    };
  }

  #add(unicorn: number, magicPoints: number, healthPoints: number): number {
    const row = this.#size++;
    if (row === this.#unicorns.length) this.#makeRoomForRows(2 * row);
    this.#unicorns[row] = unicorn;
    this.#setRow(unicorn, row);
    const at = row * FIGURES;
    this.#figures[at + MIN_MAGIC] = magicPoints;
    this.#figures[at + MAX_MAGIC] = magicPoints;
    this.#figures[at + MIN_HEALTH] = healthPoints;
    this.#figures[at + MAX_HEALTH] = healthPoints;
    this.#figures[at + READINGS] = 0;
    this.#figures[at + EXTENT] = this.#takeExtent(FIRST_CAPACITY);
    this.#figures[at + CAPACITY] = FIRST_CAPACITY;
    this.#distances[2 * row] = 0;
    this.#distances[2 * row + 1] = 0;
    return row;
  }

  /** Keeps an instant among the row's sorted ones; false if it is there already. */
  #keepInstant(row: number, offset: number): boolean {
    const at = row * FIGURES;
    const readings = this.#figures[at + READINGS]!;
    const from = this.#figures[at + EXTENT]!;
    let place = readings;
    if (readings > 0 && offset <= this.#offsets[from + readings - 1]!) {
      place = this.#findPlace(from, readings, offset);
      if (this.#offsets[from + place] === offset) return false;
    }
    const extent = readings === this.#figures[at + CAPACITY]! ? this.#growExtent(row) : from;
    if (place < readings) {
      this.#offsets.copyWithin(extent + place + 1, extent + place, extent + readings);
    }
    this.#offsets[extent + place] = offset;
    this.#figures[at + READINGS] = readings + 1;
    return true;
  }

  /** Index of the first of the sorted instants that is not before the given one. */
  #findPlace(from: number, readings: number, offset: number): number {
    let low = 0;
    let high = readings - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#offsets[from + middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Moves a row's instants to where there is room for more; where they were is used again once the window has closed. */
  #growExtent(row: number): number {
    const at = row * FIGURES;
    const from = this.#figures[at + EXTENT]!;
    const capacity = this.#figures[at + CAPACITY]!;
    const extent = this.#takeExtent(capacity * GROWTH);
    this.#offsets.copyWithin(extent, from, from + capacity);
    this.#figures[at + EXTENT] = extent;
    this.#figures[at + CAPACITY] = capacity * GROWTH;
    return extent;
  }

  #takeExtent(capacity: number): number {
    const extent = this.#used;
    this.#used += capacity;
    if (this.#used > this.#offsets.length) {
      const roomier = new Uint16Array(Math.max(this.#used, Math.ceil(1.5 * this.#offsets.length)));
      roomier.set(this.#offsets.subarray(0, extent));
      this.#offsets = roomier;
    }
    return extent;
  }

  #makeRoomForRows(rows: number): void {
    const unicorns = new Uint32Array(rows);
    unicorns.set(this.#unicorns);
    this.#unicorns = unicorns;
    const figures = new Int32Array(rows * FIGURES);
    figures.set(this.#figures);
    this.#figures = figures;
    const distances = new Float64Array(rows * 2);
    distances.set(this.#distances);
    this.#distances = distances;
  }

  #setRow(unicorn: number, row: number): void {
    if (unicorn >= this.#rows.length) {
      const roomier = new Uint32Array(Math.max(unicorn + 1, 2 * this.#rows.length));
      roomier.set(this.#rows);
      this.#rows = roomier;
    }
    this.#rows[unicorn] = row + 1;
  }
}
