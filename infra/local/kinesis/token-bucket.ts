/**
 * So much a second, and after a rest a whole second's worth at once. More than is left may be taken; the bucket is then
 * below zero until that is made up for.
 */
export class TokenBucket {
  readonly #perSecond: number;
  #level: number;
  #at: number;

  /**
   * @param perSecond how much comes in a second, and how much there can be; it begins full
   * @param now milliseconds of a clock that never goes back
   */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#level = perSecond;
    this.#at = now;
  }

  /** What is left now; less than 0 while more was taken than there was. */
  level(now: number): number {
    this.#level = Math.min(this.#perSecond, this.#level + ((now - this.#at) * this.#perSecond) / 1000);
    this.#at = now;
    return this.#level;
  }

  take(amount: number): void {
    this.#level -= amount;
  }

  /** When it is full if nothing more is taken, on the same clock. */
  get fullAt(): number {
    return this.#at + ((this.#perSecond - this.#level) * 1000) / this.#perSecond;
  }
}
