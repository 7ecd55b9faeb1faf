/** Those who want to know. They are told soon after, once for several announcements of the same, never from within one. */
export class Listeners<T> {
  readonly #listeners = new Set<(what: T) => void>();
  readonly #pending = new Set<T>();
  readonly #log: (line: string) => void;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** Returns how to stop listening. */
  add(listener: (what: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  announce(what: T): void {
    if (this.#listeners.size === 0) return;
    if (this.#pending.size === 0) setImmediate(() => this.#tell());
    this.#pending.add(what);
  }

  #tell(): void {
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const what of pending) {
      for (const listener of [...this.#listeners]) {
        try {
          listener(what);
        } catch (error) {
          this.#log(`dynamodb: a listener of a stream failed: ${String(error)}`);
        }
      }
    }
  }
}
