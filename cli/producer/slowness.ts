import type { RunView } from './events.ts';

/** Between two notices of one cause, milliseconds: the first comes at once. */
const TELL_EVERY = 30_000;

/** Tells a view who is slower than the fleet, without flooding it. */
export interface Slowness {
  /** The stream takes records slower than they come. */
  waiting(): void;
  /** Whoever reads standard output reads slower than the run tells. */
  unread(): void;
  /** The run gave up real milliseconds of its schedule. */
  lost(milliseconds: number): void;
  /** The clock on the wall was set back, and the next reading is due in so many milliseconds. */
  setBack(milliseconds: number): void;
  /** Tells what was lost in all, if anything that was not told yet. */
  end(): void;
}

export function createSlowness(view: Pick<RunView, 'notice'>, monotonic: () => number): Slowness {
  let total = 0;
  let told = 0;
  const toldAt = new Map<string, number>();

  const tell = (text: string): boolean => {
    if (monotonic() - (toldAt.get(text) ?? Number.NEGATIVE_INFINITY) < TELL_EVERY) return false;
    toldAt.set(text, monotonic());
    view.notice(text);
    return true;
  };

  return {
    waiting: () => void tell('slowing down: the stream takes records slower than they come'),
    unread: () => void tell('slowing down: whoever reads standard output is slower than the run'),
    lost: (milliseconds) => {
      total += milliseconds;
      if (tell('slowing down: this machine or the stream is slower than the speed asked for')) told = total;
    },
    setBack: (milliseconds) => view.notice(setBackNotice(milliseconds)),
    end: () => {
      if (total <= told) return;
      view.notice(
        `the run went slower than asked: ${(total / 1_000).toFixed(1)} s behind its schedule in all`,
      );
    },
  };
}

/** Why nothing comes for a while. */
export function setBackNotice(milliseconds: number): string {
  return `waiting: the clock of this machine was set back, and no reading may be from the future; the next one is due in ${Math.ceil(milliseconds / 1_000)} s`;
}
