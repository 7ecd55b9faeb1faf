import type { RunView } from './events.ts';

/** Notices that a run is slower than it should be, milliseconds apart: the first at once, then rarely. */
const TELL_EVERY = 30_000;

/** Tells a view who is slower than the fleet, without flooding it. */
export interface Slowness {
  /** The stream takes records slower than they come. */
  waiting(): void;
  /** Whoever reads standard output reads slower than the run tells. */
  unread(): void;
  /** The run gave up real milliseconds of its schedule. */
  lost(milliseconds: number): void;
  /** Tells what was lost in all, if anything that was not told yet. */
  end(): void;
}

export function createSlowness(view: Pick<RunView, 'notice'>, monotonic: () => number): Slowness {
  let total = 0;
  let told = 0;
  let toldAt = Number.NEGATIVE_INFINITY;

  const tell = (text: string) => {
    if (monotonic() - toldAt < TELL_EVERY) return;
    toldAt = monotonic();
    told = total;
    view.notice(text);
  };

  return {
    waiting: () => tell('slowing down: the stream takes records slower than they come'),
    unread: () => tell('slowing down: whoever reads standard output is slower than the run'),
    lost: (milliseconds) => {
      total += milliseconds;
      tell('slowing down: this machine or the stream is slower than the speed asked for');
    },
    end: () => {
      if (total <= told) return;
      view.notice(
        `the run went slower than asked: ${(total / 1_000).toFixed(1)} s behind its schedule in all`,
      );
    },
  };
}
