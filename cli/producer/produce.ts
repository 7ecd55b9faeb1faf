import { randomInt } from 'node:crypto';
import {
  DescribeStreamSummaryCommand,
  type KinesisClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-kinesis';
import type { ControlClient } from '../../infra/local/control/client.ts';
import { clientConfig, describeTarget } from '../../infra/target.ts';
import { createFaults } from '../../simulator/faults.ts';
import { Fleet } from '../../simulator/fleet.ts';
import { acceleratedPacer, type Pacer, realTimePacer } from '../../simulator/pacing.ts';
import { simulate } from '../../simulator/simulate.ts';
import { createKinesisSink } from '../../simulator/sinks/kinesis.ts';
import { createKinesisClient } from '../../stream/client.ts';
import { EMPTY_TALLY, isBalanced, type Tally } from '../../telemetry/balance.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { EXIT_STATUS, WildRydesError } from '../../telemetry/errors.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { SHARD_COUNT } from '../../telemetry/topology.ts';
import { onInterrupt } from '../interrupt.ts';
import { coloursFor, isLiveTerminal } from '../terminal.ts';
import { createJsonView } from '../views/json.ts';
import { createLiveView } from '../views/live.ts';
import { createPlainView } from '../views/plain.ts';
import { acquireCloud, type RunCloud } from './cloud.ts';
import { drain } from './drain.ts';
import type { Report, RunView } from './events.ts';
import { Follower } from './follow.ts';
import { lengthOf, type Plan, type ProducerFlags, planRun } from './plan.ts';
import { createSlowness } from './slowness.ts';
import { createTableReader } from './table-reader.ts';
import { writeText } from './write-text.ts';

/**
 * Runs `wildrydes producer`: simulates, sends, follows what becomes of it, and reports.
 *
 * @returns the exit status: 0, 3 when records could not be sent, or 4 when the books do not balance
 * @throws WildRydesError for what keeps the run from starting
 */
export async function produce(flags: ProducerFlags): Promise<number> {
  const plan = planRun(flags, {
    env: process.env,
    now: Date.now(),
    randomSeed: () => String(randomInt(1_000_000_000)),
    terminal: isLiveTerminal(process.stdout, process.env),
  });
  const interrupt = onInterrupt();
  const pacer = plan.simulated
    ? acceleratedPacer({ start: plan.start, speed: plan.speed, monotonic: systemClock.monotonic })
    : realTimePacer(systemClock);
  try {
    if (plan.to.kind !== 'kinesis') return await writeText(plan, pacer, interrupt.signal);
    return await produceToStream(plan, plan.to.stream, pacer, interrupt.signal);
  } finally {
    interrupt.release();
  }
}

async function produceToStream(
  plan: Plan,
  stream: string,
  pacer: Pacer,
  signal: AbortSignal,
): Promise<number> {
  const cloud = await acquireCloud(plan, pacer.clock);
  try {
    const client = createKinesisClient(clientConfig(cloud.target), { maxAttempts: 1 });
    await insistOnStream(client, stream, cloud);
    const before = await booksBefore(cloud.control, plan);
    const view = createView(plan, pacer);
    try {
      const report = await run({ plan, stream, pacer, signal, cloud, client, before, view });
      view.report(report);
      return exitStatus(report);
    } finally {
      view.close();
      client.destroy();
    }
  } finally {
    await cloud.close();
  }
}

interface Run {
  readonly plan: Plan;
  readonly stream: string;
  readonly pacer: Pacer;
  readonly signal: AbortSignal;
  readonly cloud: RunCloud;
  readonly client: KinesisClient;
  readonly before: Tally;
  readonly view: RunView;
}

async function run({ plan, stream, pacer, signal, cloud, client, before, view }: Run): Promise<Report> {
  const { names } = plan;
  const table = createTableReader(cloud.target);
  const follower = new Follower({ names, table, control: cloud.control, clock: pacer.clock, view });
  const positions = new Map<string, string>();
  const slowness = createSlowness(view, systemClock.monotonic);
  pacer.onSlow((lost) => slowness.lost(lost));
  try {
    await follower.start();
    const endpoint = describeTarget(cloud.target);
    view.ready({ endpoint, embedded: cloud.embedded, stream, seed: plan.seed, data: cloud.data });
    const sink = createKinesisSink({
      client,
      streamName: stream,
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
      fleet: new Fleet({ names, seed: plan.seed, scenario: plan.scenario, start }),
      faults: plan.faults === undefined ? undefined : createFaults(plan.faults),
      pacer,
      sink,
      ...lengthOf(plan),
      signal,
    });
    const produced = await simulation.done;
    slowness.end();
    const sent = sink.counts();
    const tally = await settled(sent.acknowledged);
    return report(produced, sent, tally, follower, cloud.control !== undefined);
  } finally {
    follower.stop();
    table.close();
  }

  async function settled(acknowledged: number): Promise<Tally | undefined> {
    const { control } = cloud;
    if (control === undefined) return undefined;
    try {
      return await settle(control, acknowledged);
    } catch (error) {
      view.notice(
        `the local cloud does not answer any more (${(error as Error).message}): what became of the readings is not known`,
      );
      return undefined;
    }
  }

  function settle(control: ControlClient, acknowledged: number): Promise<Tally> {
    return drain({
      control,
      names,
      stream,
      before,
      acknowledged,
      positions,
      follower,
      view,
      clock: pacer.clock,
      leaveOpen: signal.aborted && cloud.kept,
      closeByForce: !cloud.kept && cloud.embedded,
      signal,
    });
  }
}

function report(
  produced: { readonly produced: number; readonly attempted: number },
  sent: { readonly acknowledged: number; readonly uncertain: number; readonly failed: number },
  tally: Tally | undefined,
  follower: Follower,
  local: boolean,
): Report {
  const counted = { produced: produced.produced, attempted: produced.attempted, ...sent };
  const settled = produced.attempted === sent.acknowledged + sent.failed;
  if (tally === undefined) {
    const unknown = {
      delivered: null,
      summarised: null,
      duplicates: null,
      late: null,
      quarantined: null,
      open: null,
      summaries: null,
    };
    return {
      ...counted,
      ...unknown,
      stored: follower.windows.stored,
      alerts: local ? follower.alerts : null,
      balanced: settled,
    };
  }
  return {
    ...counted,
    ...tally,
    stored: follower.windows.stored,
    alerts: follower.alerts,
    balanced: settled && isBalanced(sent, tally) && everythingStored(tally, follower),
  };
}

/**
 * Is every closed window that this run fed in the table? One may be missing only if all that it was fed came late
 * or was quarantined, or if it is still open.
 */
function everythingStored(tally: Tally, follower: Follower): boolean {
  return follower.windows.pending <= tally.late + tally.quarantined + tally.open;
}

function exitStatus(report: Report): number {
  if (!report.balanced) return EXIT_STATUS.UNBALANCED;
  return report.failed > 0 ? EXIT_STATUS.UNREACHABLE : 0;
}

/** The books of the names when the run begins, so that it reports its own. */
async function booksBefore(control: ControlClient | undefined, plan: Plan): Promise<Tally> {
  if (control === undefined) return EMPTY_TALLY;
  const progress = await control.aggregation({ names: plan.names });
  if (progress.watermark !== null && plan.start < progress.watermark && plan.cloud.use !== 'throwaway') {
    throw new WildRydesError(
      'USAGE',
      `the run would start at ${formatStatusTime(plan.start)}, behind this cloud's watermark ${formatStatusTime(progress.watermark)}: all of it would come late`,
      { next: 'Leave out --join for a throwaway cloud, or choose a later --start.' },
    );
  }
  return progress.tally;
}

async function insistOnStream(client: KinesisClient, stream: string, cloud: RunCloud): Promise<void> {
  try {
    await client.send(new DescribeStreamSummaryCommand({ StreamName: stream }));
  } catch (error) {
    const where = describeTarget(cloud.target);
    if (error instanceof ResourceNotFoundException) {
      const endpoint = cloud.target.endpoint === undefined ? '' : ` --endpoint-url ${cloud.target.endpoint}`;
      const region = cloud.target.region === undefined ? '' : ` --region ${cloud.target.region}`;
      throw new WildRydesError('NOT_FOUND', `there is no stream ${stream} at ${where}`, {
        next: `Create it: aws kinesis create-stream --stream-name ${stream} --shard-count ${SHARD_COUNT}${endpoint}${region}`,
      });
    }
    throw new WildRydesError(
      'UNREACHABLE',
      `cannot use the stream ${stream} at ${where}: ${(error as Error).message}`,
      {
        next: 'Check the endpoint, the region and the credentials, or leave out --aws, --region and --endpoint to run on this machine.',
        cause: error,
      },
    );
  }
}

function createView(plan: Plan, pacer: Pacer): RunView {
  const out = (text: string) => void process.stdout.write(text);
  const err = (text: string) => void process.stderr.write(text);
  switch (plan.output) {
    case 'json':
      return createJsonView(out, err);
    case 'plain':
      return createPlainView(out, err, systemClock.monotonic);
    case 'pretty':
      return createLiveView(plan.names.length, {
        print: out,
        size: () => ({ columns: process.stdout.columns ?? 100, rows: process.stdout.rows ?? 30 }),
        colours: coloursFor(process.stdout, process.env),
        clock: { now: pacer.clock.now, monotonic: systemClock.monotonic },
      });
  }
}

/** The later of two sequence numbers of one shard: decimals without leading zeros. */
function later(a: string | undefined, b: string): string {
  if (a === undefined || a.length < b.length) return b;
  return a.length > b.length || a > b ? a : b;
}
