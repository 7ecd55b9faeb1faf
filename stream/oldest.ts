/** Something with a time that is settled once, in any order. */
export interface Unsettled {
  readonly time: number;
  settled: boolean;
}

/**
 * The oldest of what is not settled yet: a binary heap by time. What is settled leaves when it comes to the top, so
 * that settling costs nothing. Adding in order of time takes constant time.
 */
export class Oldest<T extends Unsettled> {
  readonly #heap: T[] = [];

  add(item: T): void {
    const heap = this.#heap;
    let hole = heap.length;
    heap.push(item);
    while (hole > 0) {
      const above = (hole - 1) >> 1;
      const parent = heap[above]!;
      if (parent.time <= item.time) break;
      heap[hole] = parent;
      hole = above;
    }
    heap[hole] = item;
  }

  /** The unsettled item with the lowest time, or undefined if all are settled. */
  peek(): T | undefined {
    while (this.#heap.length > 0 && this.#heap[0]!.settled) this.#removeTop();
    return this.#heap[0];
  }

  #removeTop(): void {
    const heap = this.#heap;
    const item = heap.pop()!;
    if (heap.length === 0) return;
    let hole = 0;
    for (;;) {
      let below = 2 * hole + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && heap[below + 1]!.time < heap[below]!.time) below++;
      if (heap[below]!.time >= item.time) break;
      heap[hole] = heap[below]!;
      hole = below;
    }
    heap[hole] = item;
  }
}
