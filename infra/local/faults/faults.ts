import type { FaultKind, FaultRequest, FaultStatus } from './fault.ts';

/** A fault that is on. */
export interface Fault {
  readonly request: FaultRequest;
  /** Whether it happens this time, by its share; what happens is counted, and may have been the last. */
  happens(): boolean;
}

/** The faults that are on. */
export interface Faults {
  add(request: FaultRequest): FaultStatus;
  /** In the order in which they were added. */
  list(): readonly FaultStatus[];
  /** Ends one, or all. Returns how many ended. */
  end(id?: number): number;
  /** The first fault of a kind that is on for a target; undefined for none. */
  find(kind: FaultKind, target: string): Fault | undefined;
  /** Whether any fault of these kinds is on. */
  any(kinds: readonly FaultKind[]): boolean;
  /** Ends all, and the timers with them. */
  close(): void;
}

/**
 * @param random for shares, 0 to 1
 * @param changed called whenever a fault was added or ended: those who act put themselves in the way, or out of it
 */
export function createFaults(random: () => number, changed: () => void): Faults {
  const active = new Map<number, ActiveFault>();
  let last = 0;

  function end(fault: ActiveFault): void {
    clearTimeout(fault.timer);
    if (active.delete(fault.id)) changed();
  }

  class ActiveFault implements Fault {
    readonly id = ++last;
    readonly request: FaultRequest;
    readonly timer: NodeJS.Timeout | undefined;
    #happened = 0;

    constructor(request: FaultRequest) {
      this.request = request;
      if (request.seconds === undefined) return;
      this.timer = setTimeout(() => end(this), request.seconds * 1000).unref();
    }

    happens(): boolean {
      const { share = 1, count = Number.POSITIVE_INFINITY } = this.request;
      if (this.#happened >= count || random() >= share) return false;
      this.#happened += 1;
      if (this.#happened === count) end(this);
      return true;
    }

    status(): FaultStatus {
      return { ...this.request, id: this.id, happened: this.#happened };
    }
  }

  const all = () => [...active.values()];

  return {
    add(request) {
      const fault = new ActiveFault(request);
      active.set(fault.id, fault);
      changed();
      return fault.status();
    },
    list: () => all().map((fault) => fault.status()),
    end(id) {
      const ending = id === undefined ? all() : all().filter((fault) => fault.id === id);
      for (const fault of ending) end(fault);
      return ending.length;
    },
    find: (kind, target) => all().find(({ request }) => request.kind === kind && request.target === target),
    any: (kinds) => all().some(({ request }) => kinds.includes(request.kind)),
    close() {
      for (const fault of all()) end(fault);
    },
  };
}
