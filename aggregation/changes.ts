/** Lets tasks wait until something is true: whoever changes what others may wait for calls `announce`. */
export class Changes {
  #waiting: (() => void)[] = [];

  announce(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /**
   * Resolves once the test holds, or after `milliseconds` of real time.
   *
   * @returns whether it holds
   */
  async until(test: () => boolean, milliseconds = Number.POSITIVE_INFINITY): Promise<boolean> {
    let over = milliseconds <= 0;
    const timer = Number.isFinite(milliseconds)
      ? setTimeout(
          () => {
            over = true;
            this.announce();
          },
          Math.max(0, milliseconds),
        )
      : undefined;
    while (!test() && !over) await new Promise<void>((wake) => this.#waiting.push(wake));
    clearTimeout(timer);
    return test();
  }
}
