import { formatStatusTime } from '../../telemetry/status-time.ts';
import { WINDOW } from '../../telemetry/topology.ts';

/** A reading comes at most half a minute late; a minute more for good measure. */
const MINUTES_REMEMBERED = 3;

/** The windows that a run has fed with acknowledged readings, until each is read back from the table. */
export class FedWindows {
  /** Minute (the first 16 characters of StatusTime) to the unicorns not yet read back. */
  readonly #pending = new Map<string, Set<string>>();
  /** Windows read back, kept while a late reading of theirs may still be acknowledged. */
  readonly #found = new Map<string, Set<string>>();
  /** Minutes whose unicorns stand in order. */
  readonly #sorted = new Set<string>();
  #lastMinute = '';
  #lastNames: Set<string> | undefined;
  #lastFound: Set<string> | undefined;
  #stored = 0;

  /** Notes an acknowledged reading by its name and canonical StatusTime. */
  fed(name: string, statusTime: string): void {
    const minute = statusTime.slice(0, 16);
    if (minute !== this.#lastMinute || this.#lastNames === undefined) {
      this.#lastNames = setAt(this.#pending, minute);
      this.#lastMinute = minute;
      this.#lastFound = this.#found.get(minute);
    }
    if (this.#lastFound?.has(name) !== true) this.#lastNames.add(name);
  }

  /**
   * Minutes that end at or before `watermark`, oldest first, with the unicorns still to be read back, by Name: in the
   * order in which the aggregation sends their summaries.
   */
  *closed(watermark: number): Generator<{ readonly minute: number; readonly names: readonly string[] }> {
    const newest = formatStatusTime(watermark - WINDOW.size).slice(0, 16);
    for (const key of [...this.#pending.keys()].sort()) {
      if (key > newest) return;
      const names = this.#pending.get(key);
      if (names === undefined || names.size === 0) continue;
      if (!this.#sorted.has(key)) this.#sort(key, names);
      yield { minute: startOf(key), names: [...names] };
    }
  }

  /** Once for each minute, as it closes: what comes late stands behind the others. */
  #sort(key: string, names: Set<string>): void {
    const sorted = [...names].sort();
    names.clear();
    for (const name of sorted) names.add(name);
    this.#sorted.add(key);
  }

  /** Notes that a unicorn's minute was found in the table; false if it was not awaited. */
  found(name: string, statusTime: string): boolean {
    const key = statusTime.slice(0, 16);
    const names = this.#pending.get(key);
    if (names?.delete(name) !== true) return false;
    this.#stored++;
    this.#remember(name, key);
    if (names.size === 0 && key !== this.#lastMinute) {
      this.#pending.delete(key);
      this.#sorted.delete(key);
    }
    return true;
  }

  #remember(name: string, key: string): void {
    setAt(this.#found, key).add(name);
    if (key === this.#lastMinute) this.#lastFound = this.#found.get(key);
    if (this.#found.size > MINUTES_REMEMBERED) {
      for (const old of [...this.#found.keys()].sort().slice(0, -MINUTES_REMEMBERED)) this.#found.delete(old);
    }
  }

  /** Windows read back. */
  get stored(): number {
    return this.#stored;
  }

  /** Windows fed and not yet read back, open ones included. */
  get pending(): number {
    let count = 0;
    for (const names of this.#pending.values()) count += names.size;
    return count;
  }
}

function setAt(map: Map<string, Set<string>>, key: string): Set<string> {
  const set = map.get(key) ?? new Set();
  map.set(key, set);
  return set;
}

function startOf(minute: string): number {
  return Date.parse(`${minute.replace(' ', 'T')}:00.000Z`);
}
