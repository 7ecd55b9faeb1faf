import type { ControlClient } from '../../infra/local/control/client.ts';
import { pause } from '../../stream/backoff.ts';
import type { Tally } from '../../telemetry/balance.ts';
import type { Clock } from '../../telemetry/clock.ts';
import { STREAMS, WINDOW } from '../../telemetry/topology.ts';
import type { Books } from './books.ts';
import type { RunView } from './events.ts';
import { type Follower, haveHandled, recordsBehind } from './follow.ts';

/** What a run waits for before it reports. */
export interface DrainOptions {
  readonly control: Pick<ControlClient, 'aggregation' | 'status'>;
  readonly books: Books;
  readonly stream: string;
  /** Records acknowledged in this run. */
  readonly acknowledged: number;
  /** Last acknowledged sequence number of each shard. */
  readonly positions: ReadonlyMap<string, string>;
  readonly follower: Pick<Follower, 'look' | 'lookAtAll' | 'windows'>;
  readonly view: Pick<RunView, 'waiting' | 'notice'>;
  /** The run's clock. */
  readonly clock: Clock;
  /** `forced`: open windows are closed at once, for the cloud is thrown away. `awaited`: by the clock. `left`: not at all. */
  readonly windows: 'forced' | 'awaited' | 'left';
  /** Ends the wait for the clock: then the windows stay open. */
  readonly signal: AbortSignal;
}

/** Without any progress for this long, waiting is given up and the report shows what is missing. Milliseconds. */
const PATIENCE = 20_000;
/** Milliseconds between two looks, and as long as the look before took: a large fleet's books take a while. */
const LOOK_EVERY = 50;
const NEVER = new AbortController().signal;

/**
 * Waits until the pipeline has done its work on everything that the run had acknowledged: judged by the
 * aggregation, its windows closed and in the table, its alerts out.
 *
 * @returns the run's own books
 */
export async function drain(options: DrainOptions): Promise<Tally> {
  const { control, books, view, follower } = options;

  await until(options, 'for the aggregation to read everything', async () => {
    const tally = await books.read();
    return { done: tally.delivered >= options.acknowledged, mark: tally.delivered };
  });
  if (options.windows === 'forced') await control.aggregation({ closeWindows: true, names: [] });
  if (options.windows === 'awaited') await untilWindowsClose(options);

  await until(options, 'for the summaries to reach the table', async () => {
    // Asked before the look: what had arrived by then, the look must find.
    const underWay = await summariesUnderWay(control);
    await (underWay === 0 ? follower.lookAtAll() : follower.look());
    const { watermark } = await control.aggregation({ names: [] });
    const found = watermark !== null && follower.windows.closed(watermark).next().done === true;
    return { done: found || underWay === 0, mark: underWay + follower.windows.pending };
  });
  await until(options, 'for the alerts', async () => {
    const { mappings } = await control.status();
    return {
      done: haveHandled(mappings, options.stream, options.positions),
      mark: recordsBehind(mappings, options.stream),
    };
  });
  view.waiting(undefined);
  return books.read();
}

/** Only the clock closes the windows of a cloud that is kept; that takes up to a minute and a half, and shows. */
async function untilWindowsClose({ books, clock, view, signal }: DrainOptions): Promise<void> {
  const began = clock.monotonic();
  const untilEnd = WINDOW.size - (clock.now() % WINDOW.size);
  // The shard falls silent with this run: it follows the clock only after the idle time.
  const due = began + Math.max(untilEnd + WINDOW.lateness, WINDOW.idle);
  while (!signal.aborted && clock.monotonic() < due + PATIENCE) {
    const looked = clock.monotonic();
    if ((await books.read()).open <= 0) return;
    view.waiting('for the last window to close (Ctrl-C leaves it open)', due - clock.monotonic());
    await pause(Math.max(LOOK_EVERY * 5, clock.monotonic() - looked), signal);
  }
}

/** Summaries that the aggregation closed and the function that stores them has not handled yet. */
async function summariesUnderWay(control: DrainOptions['control']): Promise<number> {
  const { aggregation, mappings } = await control.status();
  if (aggregation === null) return Number.POSITIVE_INFINITY;
  return aggregation.outbox + recordsBehind(mappings, STREAMS.summaries);
}

/** Looks until done, or without progress (`mark` unchanged) for as long as patience lasts. */
async function until(
  { clock, view }: DrainOptions,
  what: string,
  look: () => Promise<{ readonly done: boolean; readonly mark: number }>,
): Promise<void> {
  let mark = Number.NaN;
  let changedAt = clock.monotonic();
  for (;;) {
    const looked = clock.monotonic();
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
    await pause(Math.max(LOOK_EVERY, clock.monotonic() - looked), NEVER);
  }
}
