import { decodeAlert } from '../../telemetry/alert-codec.ts';
import { chunksOf, inLanes } from '../lanes.ts';
import type { Observer } from '../observer.ts';
import { ATTEMPT_LIMIT, describeError, type Effort, insist, isTransient } from '../resend.ts';
import type { AlertTable, ScanPosition } from './alert-table.ts';
import type { AlertState } from './episode.ts';
import type { Memory } from './memory.ts';
import type { Publish } from './topic.ts';

/** Times in milliseconds. */
const PACE = {
  /** Most that an invocation spends on publishing, and most of the time that it has left. */
  most: 5_000,
  share: 0.25,
  /** How long one message is tried again, while the topic fails at once. */
  retries: 1_000,
  /** Less is not worth an attempt, which might be cut off when it has all but succeeded. */
  least: 250,
  /** What waits is tried again no sooner than this, and no sooner than `rest` times what the last try took. */
  retryEvery: 3_000,
  rest: 4,
  /** How often the table is looked through for what others left, and how soon again when that failed. */
  lookEvery: 900_000,
  lookAgain: 30_000,
} as const;

/** Unicorns that are told of at a time. */
const UNICORNS_AT_A_TIME = 16;

/** Unicorns in one look at the table. */
const UNICORNS_A_LOOK = 100;

/** Messages that the topic may refuse in a row, as opposed to not answering, before it counts as down. */
const MOST_REFUSED = 10;

/** Conditional writes that may be lost in a row before a unicorn is left for another time. */
const MOST_LOST_RACES = 5;

/** What is pending in the table, on its way to the topic. It belongs to an environment, and outlives its invocations. */
export interface Outbox {
  begin(effort: Effort): Delivery;
}

/** The part of an invocation. Nothing of it rejects. */
export interface Delivery {
  /**
   * Publishes what is pending of a unicorn, in order, each message when the one before it is no longer pending; at once,
   * or, when the topic is down, some other time.
   *
   * @returns its state afterwards
   */
  deliver(name: string, state: AlertState): Promise<AlertState>;
  /** Something of a unicorn is pending: it is seen to some time. */
  wait(name: string): void;
  /** Publishes what earlier invocations could not, or environments left that are no more, if it is time to. */
  catchUp(): Promise<void>;
}

/**
 * @param options.now milliseconds of a clock that never goes back
 * @param options.most unicorns that are kept in mind as having something pending, at least 1: the others are found in the
 *   table again
 */
export function createOutbox(options: {
  readonly table: AlertTable;
  readonly publish: Publish;
  readonly memory: Memory;
  readonly observer: Observer;
  readonly now: () => number;
  readonly most: number;
}): Outbox {
  const { table, publish, memory, observer, now, most } = options;
  // In the order in which they were tried last.
  const waiting = new Set<string>();
  let overflowed = false;
  /** The topic did not answer, or refused everything: a single message finds out whether it is back. */
  let down = false;
  let nextTry = Number.NEGATIVE_INFINITY;
  let nextLook = Number.NEGATIVE_INFINITY;
  let lookedUpTo: ScanPosition | undefined;

  const wait = (name: string) => {
    if (waiting.size < most) waiting.add(name);
    else overflowed ||= !waiting.has(name);
  };

  function begin(effort: Effort): Delivery {
    const allowance = Math.min(PACE.most, effort.remaining() * PACE.share);
    const share = within(effort, allowance);
    const failed = new Set<string>();
    let refused = 0;
    let trouble: unknown;

    /** @returns whether the message is published */
    const tell = async (name: string, message: string): Promise<boolean> => {
      try {
        const attempt = () => publish(message, share.abortAfter(Math.min(ATTEMPT_LIMIT, share.remaining())));
        await (down ? attempt() : insist(within(share, PACE.retries), attempt));
        down = false;
        refused = 0;
        return true;
      } catch (error) {
        trouble = error;
        failed.add(name);
        // A message that is refused for what it is keeps no other back.
        if (isTransient(error) || ++refused >= MOST_REFUSED) down = true;
        waiting.delete(name); // to the end
        wait(name);
        return false;
      }
    };

    const publishPending = async (name: string, start: AlertState): Promise<AlertState> => {
      let state = start;
      let told: string | undefined;
      let lostRaces = 0;
      wait(name);
      try {
        while (state.pending.length > 0) {
          const message = state.pending[0]!;
          if (message !== told) {
            if (share.remaining() < PACE.least || !(await tell(name, message))) return state;
            told = message;
            observer.info('published an alert', detailsOf(name, message));
            observer.count('AlertsPublished', 1);
          }
          const next = { ...state, pending: state.pending.slice(1) };
          if (await table.replace(name, state, next, effort)) {
            state = next;
            told = undefined;
            lostRaces = 0;
            continue;
          }
          // Someone else moved on: what is pending is what the table says, but for what was told just now.
          if (++lostRaces > MOST_LOST_RACES) return state;
          const { states, error } = await table.read([name], effort);
          const found = states.get(name);
          if (!states.has(name)) throw error;
          if (found === undefined) break;
          state = found;
        }
        waiting.delete(name);
      } catch (error) {
        // It is pending still, and told once more some time: subscribers know it by its episode, state and time.
        trouble = error;
        failed.add(name);
      }
      return state;
    };

    const deliver: Delivery['deliver'] = async (name, state) => {
      if (state.pending.length === 0) return state;
      if (down) {
        wait(name);
        return state;
      }
      return publishPending(name, state);
    };

    /** Goes by what the table says: someone else may have published it meanwhile. */
    const tryAgain = async (names: readonly string[]) => {
      const { states, error } = await table.read(names, share);
      trouble ??= error;
      await inLanes([...states], UNICORNS_AT_A_TIME, async ([name, found]) => {
        if (found !== undefined && found.pending.length > 0 && down && states.size > 1) return;
        const state = found === undefined ? found : await publishPending(name, found);
        if (state === undefined || state.pending.length === 0) waiting.delete(name);
        memory.amend(name, state);
      });
    };

    /** What it finds is tried some other time: who wrote it a moment ago may be publishing it. */
    const look = async () => {
      const least = share.remaining() / 2;
      const before = waiting.size;
      try {
        do {
          const { names, end } = await table.findPending(lookedUpTo, share);
          for (const name of names) wait(name);
          lookedUpTo = end;
        } while (lookedUpTo !== undefined && share.remaining() > least);
        nextLook = now() + (lookedUpTo === undefined ? PACE.lookEvery : PACE.retryEvery);
      } catch (error) {
        nextLook = now() + PACE.lookAgain;
        observer.warn('could not look for alerts that others left pending', { reason: describeError(error) });
      }
      if (waiting.size > before) nextTry = Math.max(nextTry, now() + PACE.retryEvery);
    };

    const catchUp: Delivery['catchUp'] = async () => {
      const due = now() >= nextTry;
      if (due) {
        const names = [...waiting].filter((name) => !failed.has(name));
        while (down && failed.size === 0 && names.length > 0 && share.remaining() >= PACE.least) {
          await tryAgain(names.splice(0, 1));
        }
        for (const chunk of chunksOf(names, UNICORNS_A_LOOK)) {
          if (down || share.remaining() < PACE.least) break;
          await tryAgain(chunk);
        }
      }
      if (waiting.size > 0 && (due || failed.size > 0)) {
        nextTry = now() + Math.max(PACE.retryEvery, PACE.rest * (allowance - share.remaining()));
      }
      if (overflowed && waiting.size < most / 2) {
        overflowed = false;
        nextLook = now();
      }
      if (now() >= nextLook) await look();
      observer.count('AlertsPending', waiting.size);
      if (trouble !== undefined) {
        const reason = describeError(trouble);
        observer.warn('alerts could not be published, and stay pending', { unicorns: waiting.size, reason });
      }
    };

    return { deliver, wait, catchUp };
  }

  return { begin };
}

function detailsOf(name: string, message: string): Readonly<Record<string, string>> {
  const alert = decodeAlert(message);
  return 'ok' in alert ? { name } : { name, state: alert.state, episode: alert.episode };
}

/** The same effort, for so many milliseconds from now on. */
function within(effort: Effort, milliseconds: number): Effort {
  const end = effort.remaining() - milliseconds;
  return {
    remaining: () => effort.remaining() - Math.max(0, end),
    random: () => effort.random(),
    sleep: (pause) => effort.sleep(pause),
    abortAfter: (limit) => effort.abortAfter(limit),
  };
}
