import { setTimeout } from 'node:timers/promises';
import type { ControlClient } from '../../infra/local/control/client.ts';
import type { Tally } from '../../telemetry/balance.ts';
import { since } from '../../telemetry/balance.ts';
import type { Clock } from '../../telemetry/clock.ts';
import { STREAMS, WINDOW } from '../../telemetry/topology.ts';
import type { RunView } from './events.ts';
import { type Follower, haveHandled, isCaughtUp } from './follow.ts';

/** What a run waits for before it reports. */
export interface DrainOptions {
  readonly control: ControlClient;
  readonly names: readonly string[];
  readonly stream: string;
  /** The names' books when the run began. */
  readonly before: Tally;
  /** Records acknowledged in this run. */
  readonly acknowledged: number;
  /** Last acknowledged sequence number of each shard. */
  readonly positions: ReadonlyMap<string, string>;
  readonly follower: Follower;
  readonly view: RunView;
  /** The run's clock. */
  readonly clock: Clock;
  /** True: the run was cut short, so its open windows stay open. */
  readonly leaveOpen: boolean;
  /** True: the cloud is thrown away, so open windows are closed by force. */
  readonly closeByForce: boolean;
  /** Ends the wait for the clock: the window stays open. */
  readonly signal: AbortSignal;
}

/** Without any progress for this long, waiting is given up and the report shows what is missing. Milliseconds. */
const PATIENCE = 20_000;
const LOOK_EVERY = 50;

/**
 * Waits until the pipeline has done its work on everything that the run had acknowledged: judged by the
 * aggregation, its windows closed and in the table, its alerts out.
 *
 * @returns the run's own books
 */
export async function drain(options: DrainOptions): Promise<Tally> {
  const { control, names, view, follower } = options;
  const books = async () => since(options.before, (await control.aggregation({ names })).tally);

  await until(options, 'for the aggregation to read everything', async () => {
    const tally = await books();
    return { done: tally.delivered >= options.acknowledged, mark: tally.delivered };
  });
  if (options.closeByForce) await control.aggregation({ closeWindows: true, names: [] });
  else if (!options.leaveOpen) await untilWindowsClose(options, books);

  await until(options, 'for the summaries to reach the table', async () => {
    // Asked before the look: what had arrived by then, the look must find.
    const arrived = await summariesArrived(control);
    await follower.look();
    const { watermark } = await control.aggregation({ names: [] });
    const found = watermark !== null && follower.windows.closed(watermark).next().done === true;
    return { done: found || arrived, mark: follower.windows.pending };
  });
  await until(options, 'for the alerts', async () => {
    const { mappings } = await control.status();
    const behind = mappings
      .flatMap((mapping) => mapping.shards)
      .reduce((sum, shard) => sum + shard.behind, 0);
    return { done: haveHandled(mappings, options.stream, options.positions), mark: behind };
  });
  view.waiting(undefined);
  return books();
}

/** Only the clock closes the windows of a cloud that is kept; that takes up to a minute and a half, and shows. */
async function untilWindowsClose(options: DrainOptions, books: () => Promise<Tally>): Promise<void> {
  const { clock, view, signal } = options;
  const end = (Math.floor(clock.now() / WINDOW.size) + 1) * WINDOW.size;
  const silentFrom = clock.now();
  // The shard falls silent with this run: it follows the clock only after the idle time.
  const due = Math.max(end + WINDOW.lateness, silentFrom + WINDOW.idle);
  const giveUpAt = clock.monotonic() + (due - silentFrom) + PATIENCE;
  while (!signal.aborted && clock.monotonic() < giveUpAt) {
    if ((await books()).open <= 0) return;
    view.waiting('for the last window to close (Ctrl-C leaves it open)', due - clock.now());
    await pause(LOOK_EVERY * 5, signal);
  }
}

/** Has every summary that the aggregation closed been handled by the function that stores it? */
async function summariesArrived(control: ControlClient): Promise<boolean> {
  const { aggregation, mappings } = await control.status();
  return aggregation?.outbox === 0 && isCaughtUp(mappings, STREAMS.summaries);
}

/** Looks until done, or without progress (`mark` unchanged) for as long as patience lasts. */
async function until(
  options: DrainOptions,
  what: string,
  look: () => Promise<{ readonly done: boolean; readonly mark: number }>,
): Promise<void> {
  const { clock, view } = options;
  let mark = Number.NaN;
  let changedAt = clock.monotonic();
  for (;;) {
    const state = await look();
    if (state.done) return;
    if (state.mark !== mark) {
      mark = state.mark;
      changedAt = clock.monotonic();
    }
    if (clock.monotonic() - changedAt > PATIENCE) {
      view.notice(`gave up waiting ${what}: no progress for ${PATIENCE / 1_000} s`);
      return;
    }
    view.waiting(what);
    await pause(LOOK_EVERY);
  }
}

async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  // An abort only ends the pause early; whoever paused looks at the signal itself.
  await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => {});
}
