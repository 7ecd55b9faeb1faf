import type { AlertState } from './episode.ts';

/**
 * Longest time between two readings of a unicorn, ms, across which its state is still taken as known. Sensors measure
 * once a second: after a longer gap, or a step back, another environment may have handled what lies between.
 */
const LONGEST_GAP = 1_500;

/** What a warm environment knows of a unicorn. */
interface Remembered {
  /** Undefined: it never had an episode. */
  readonly state: AlertState | undefined;
  /** StatusTime of the last reading that this environment handled, milliseconds since the epoch. */
  readonly instant: number;
}

/** What a warm environment knows, so that a reading which changes nothing costs no request. */
export interface Memory {
  /** What is known of a unicorn whose next reading is of this instant, or undefined if it has to be read. */
  recall(name: string, instant: number): Remembered | undefined;
  remember(name: string, remembered: Remembered): void;
  /** Some of what was pending of a unicorn no longer is. It is forgotten if someone else moved it on meanwhile. */
  amend(name: string, state: AlertState | undefined): void;
  forget(name: string): void;
}

/**
 * A memory of the unicorns seen last.
 *
 * @param most unicorns, at least 1: the one not seen for longest is forgotten first. Each takes some 200 bytes
 */
export function createMemory(most: number): Memory {
  // In the order in which they were seen.
  const unicorns = new Map<string, Remembered>();
  return {
    recall: (name, instant) => {
      const remembered = unicorns.get(name);
      if (remembered === undefined) return undefined;
      return Math.abs(instant - remembered.instant) <= LONGEST_GAP ? remembered : undefined;
    },
    remember: (name, remembered) => {
      unicorns.delete(name);
      unicorns.set(name, remembered);
      if (unicorns.size > most) unicorns.delete(unicorns.keys().next().value!);
    },
    amend: (name, state) => {
      const remembered = unicorns.get(name);
      if (remembered === undefined) return;
      if (remembered.state?.sequenceNumber !== state?.sequenceNumber) unicorns.delete(name);
      else unicorns.set(name, { ...remembered, state });
    },
    forget: (name) => void unicorns.delete(name),
  };
}
