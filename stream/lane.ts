import type { Unsettled } from './oldest.ts';

/** An entry as the writer carries it until it is settled. */
export interface Pending<E> extends Unsettled {
  readonly entry: E;
  readonly lane: Lane<E>;
  /** Bytes of data and key, as PutRecords counts them. */
  readonly size: number;
  attempts: number;
  /** Most entries that a request with this one may hold: halved when the service rejects a request as a whole. */
  company: number;
}

/**
 * The entries of one key, in order. Its head may be in a request; the lane then lends nothing more until that request
 * is settled, so that nothing newer overtakes what has to be sent again.
 */
export class Lane<E> {
  readonly key: string;
  readonly #entries: Pending<E>[] = [];
  #head = 0;
  #lent = 0;

  constructor(key: string) {
    this.key = key;
  }

  push(pending: Pending<E>): void {
    this.#entries.push(pending);
  }

  /** The next entry that is not in a request. */
  next(): Pending<E> | undefined {
    return this.#entries[this.#head + this.#lent];
  }

  /** Marks the next entry as being in the request. */
  lend(): void {
    this.#lent++;
  }

  get lent(): boolean {
    return this.#lent > 0;
  }

  /** Ends the request: settled entries leave, the others are the lane's head again. Returns how many those are. */
  restore(): number {
    const entries = this.#entries;
    let kept = this.#head + this.#lent;
    for (let i = kept - 1; i >= this.#head; i--) {
      const pending = entries[i]!;
      if (!pending.settled) entries[--kept] = pending;
    }
    const left = this.#head + this.#lent - kept;
    this.#head = kept;
    this.#lent = 0;
    // Removing from the front is dear: only when it is worth it, so that it stays constant per entry.
    if (this.#head === entries.length) {
      entries.length = 0;
      this.#head = 0;
    } else if (this.#head > 32 && this.#head * 2 > entries.length) {
      entries.splice(0, this.#head);
      this.#head = 0;
    }
    return left;
  }

  get empty(): boolean {
    return this.#head === this.#entries.length;
  }

  /** Takes everything that is left out of the lane, lent or not. */
  drain(): Pending<E>[] {
    const left = this.#entries.slice(this.#head).filter((pending) => !pending.settled);
    this.#entries.length = 0;
    this.#head = 0;
    this.#lent = 0;
    return left;
  }
}
