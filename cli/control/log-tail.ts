/** A line of a log, and what tells it from every other. */
export interface LogLine {
  readonly id: string;
  /** Milliseconds since the epoch: when the application wrote it. */
  readonly timestamp: number;
  readonly message: string;
}

/** Milliseconds by which a line may reach the log after one with a later time: several tasks write to one log. */
const LATE = 60_000;

/** The lines of a log, each once, over several looks: a look begins before the end of the last, for what came late. */
export class LogTail {
  readonly #read: (from: number) => AsyncIterable<LogLine>;
  readonly #begin: number;
  /** Lines of the last minute that were given already, by id, with their time. */
  readonly #given = new Map<string, number>();
  #newest: number;

  /**
   * @param read lines from a time on, in milliseconds since the epoch
   * @param from the time from which lines are wanted
   */
  constructor(read: (from: number) => AsyncIterable<LogLine>, from: number) {
    this.#read = read;
    this.#begin = from;
    this.#newest = from;
  }

  /**
   * Looks once.
   *
   * @param most lines at most, the latest
   * @returns lines that no look has given yet, in the order of their times; those that exceed `most` are never given
   * @throws what reading throws; the next look then gives what this one would have
   */
  async look(most: number): Promise<LogLine[]> {
    const latest = new Latest(most);
    const found = new Map<string, number>();
    let newest = this.#newest;
    for await (const line of this.#read(Math.max(this.#begin, this.#newest - LATE))) {
      if (this.#given.has(line.id)) continue;
      found.set(line.id, line.timestamp);
      newest = Math.max(newest, line.timestamp);
      latest.add(line);
    }
    // Only now: a look that broke off has given nothing, and the next one finds its lines again.
    this.#newest = newest;
    for (const [id, timestamp] of found) this.#given.set(id, timestamp);
    for (const [id, timestamp] of this.#given) if (timestamp < newest - LATE) this.#given.delete(id);
    return latest.lines();
  }
}

/** The latest lines of all that are added, no more than twice as many as are wanted at a time. */
class Latest {
  readonly #most: number;
  #lines: LogLine[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  add(line: LogLine): void {
    this.#lines.push(line);
    if (this.#lines.length >= 2 * this.#most) this.#lines = this.lines();
  }

  lines(): LogLine[] {
    return this.#lines.sort((a, b) => a.timestamp - b.timestamp).slice(-this.#most);
  }
}
