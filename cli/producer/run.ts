import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { ControlClient } from '../../infra/local/control/client.ts';
import { describeTarget } from '../../infra/target.ts';
import type { Sink } from '../../simulator/emission.ts';
import { createFaults } from '../../simulator/faults.ts';
import { Fleet } from '../../simulator/fleet.ts';
import type { Pacer } from '../../simulator/pacing.ts';
import { simulate } from '../../simulator/simulate.ts';
import { createKinesisSink } from '../../simulator/sinks/kinesis.ts';
import type { Tally } from '../../telemetry/balance.ts';
import { systemClock } from '../../telemetry/clock.ts';
import type { Books } from './books.ts';
import type { RunCloud } from './cloud.ts';
import { drain } from './drain.ts';
import type { Report, RunView } from './events.ts';
import { Follower } from './follow.ts';
import { lengthOf, type Plan } from './plan.ts';
import { explanationOf, reportOf } from './report.ts';
import { createSlowness, type Slowness } from './slowness.ts';
import { createTableReader } from './table-reader.ts';

/** One run, from the first reading to the report, and all that it needs. */
export interface Run {
  readonly plan: Plan;
  readonly stream: string;
  readonly pacer: Pacer;
  readonly cloud: RunCloud;
  readonly client: KinesisClient;
  /** Who keeps books of the stream, and the run's own; undefined where nobody does. */
  readonly kept: { readonly control: ControlClient; readonly books: Books } | undefined;
  readonly view: RunView;
  /** As long as the view's reader is behind: a promise until it no longer is. */
  readonly unread: () => Promise<void> | undefined;
  /** Aborted to ask the run to finish. */
  readonly signal: AbortSignal;
}

/**
 * Simulates, sends, follows what becomes of it, and draws up the report.
 *
 * @returns the report, and whether the cloud was gone before its books could be read
 */
export async function carryOut(run: Run): Promise<{ readonly report: Report; readonly gone: boolean }> {
  const { plan, pacer, cloud, kept, view, signal } = run;
  const table = createTableReader(cloud.target);
  const control = kept?.control;
  const follower = new Follower({ names: plan.names, table, control, clock: pacer.clock, view });
  const positions = new Map<string, string>();
  const slowness = createSlowness(view, systemClock.monotonic);
  pacer.onSlow((lost) => slowness.lost(lost));
  pacer.onSetBack((wait) => slowness.setBack(wait));
  try {
    await follower.start();
    const endpoint = describeTarget(cloud.target);
    view.ready({
      endpoint,
      embedded: cloud.embedded,
      stream: run.stream,
      seed: plan.seed,
      data: cloud.data,
    });
    const sink = createKinesisSink({
      client: run.client,
      streamName: run.stream,
      clock: pacer.clock,
      random: Math.random,
      acknowledged: (reading, shardId, sequenceNumber) => {
        positions.set(shardId, later(positions.get(shardId), sequenceNumber));
        if (reading === undefined) return;
        follower.windows.fed(reading.Name, reading.StatusTime);
        view.reading({ reading, shardId, sequenceNumber });
      },
      notice: (text) => view.notice(text),
      waiting: () => slowness.waiting(),
    });
    // In real time the ride begins now: getting here took a moment.
    const start = plan.simulated ? plan.start : pacer.clock.now();
    const simulation = simulate({
      fleet: new Fleet({ names: plan.names, seed: plan.seed, scenario: plan.scenario, start }),
      faults: plan.faults === undefined ? undefined : createFaults(plan.faults),
      pacer,
      sink: noFasterThanRead(sink, run.unread, slowness),
      ...lengthOf(plan),
      signal,
    });
    const produced = await simulation.done;
    slowness.end();
    const sent = sink.counts();
    const tally = await settle(run, follower, positions, sent.acknowledged);
    const alerts = control === undefined ? null : follower.alerts;
    const report = reportOf({ produced, sent, tally, windows: follower.windows, alerts });
    const explanation = explanationOf(report, plan.names);
    if (explanation !== undefined) view.notice(explanation);
    return { report, gone: kept !== undefined && tally === undefined };
  } finally {
    follower.stop();
    table.close();
  }
}

/** Waits for the pipeline; undefined where there is none to wait for, or when it is gone. */
async function settle(
  { kept, cloud, stream, pacer, view, signal }: Run,
  follower: Follower,
  positions: ReadonlyMap<string, string>,
  acknowledged: number,
): Promise<Tally | undefined> {
  if (kept === undefined) return undefined;
  const windows =
    cloud.embedded && !cloud.kept ? 'forced' : signal.aborted && cloud.kept ? 'left' : 'awaited';
  const { control, books } = kept;
  const { clock } = pacer;
  try {
    return await drain({
      control,
      books,
      stream,
      acknowledged,
      positions,
      follower,
      view,
      clock,
      windows,
      signal,
    });
  } catch (error) {
    view.notice(
      `the local cloud does not answer any more (${(error as Error).message}): what became of the readings is not known`,
    );
    return undefined;
  }
}

/** A sink that also waits for whoever reads what the run tells, so that what is unread stays bounded. */
function noFasterThanRead(sink: Sink, unread: Run['unread'], slowness: Slowness): Sink {
  return {
    put(emission) {
      const full = sink.put(emission);
      const behind = unread();
      if (behind === undefined) return full;
      slowness.unread();
      return full === undefined ? behind : Promise.all([full, behind]).then(() => {});
    },
    flush: () => sink.flush(),
    close: () => sink.close(),
    ...(sink.ended === undefined ? {} : { ended: sink.ended }),
  };
}

/** The later of two sequence numbers of one shard: decimals without leading zeros. */
function later(a: string | undefined, b: string): string {
  if (a === undefined || a.length < b.length) return b;
  return a.length > b.length || a > b ? a : b;
}
