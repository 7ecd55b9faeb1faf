import { randomInt } from 'node:crypto';
import { DescribeStreamSummaryCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { clientConfig } from '../../infra/target.ts';
import { acceleratedPacer, type Pacer, realTimePacer } from '../../simulator/pacing.ts';
import { createKinesisClient } from '../../stream/client.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { EXIT_STATUS, WildRydesError } from '../../telemetry/errors.ts';
import { formatStatusTime } from '../../telemetry/status-time.ts';
import { STREAMS } from '../../telemetry/topology.ts';
import { activePort } from '../../workshop/guide/active.ts';
import { explainTarget, streamMissing } from '../advice.ts';
import { asTyped, nameFlag, targetFlags } from '../hints.ts';
import { type Interrupt, onInterrupt } from '../interrupt.ts';
import { joinedWriter, unread } from '../output.ts';
import { coloursFor, isLiveTerminal } from '../terminal.ts';
import { createJsonView } from '../views/json.ts';
import { createLiveView } from '../views/live.ts';
import { createPlainView } from '../views/plain.ts';
import { openScreen } from '../views/screen.ts';
import { openBooks } from './books.ts';
import { acquireCloud, type RunCloud } from './cloud.ts';
import type { RunView } from './events.ts';
import { type Plan, type ProducerFlags, planRun } from './plan.ts';
import { exitStatus } from './report.ts';
import { carryOut, type Run } from './run.ts';
import { writeText } from './write-text.ts';

/**
 * Runs `wildrydes producer`: simulates, sends, follows what becomes of it, and reports.
 *
 * @returns the exit status: 0; 3 when records could not be sent or the cloud went away; 4 when the books do not balance
 * @throws WildRydesError for what keeps the run from starting
 */
export async function produce(flags: ProducerFlags): Promise<number> {
  const plan = planRun(flags, {
    env: process.env,
    now: Date.now(),
    randomSeed: () => String(randomInt(1_000_000_000)),
    terminal: isLiveTerminal(process.stdout, process.env),
    workshop: activePort(),
  });
  const interrupt = onInterrupt();
  const pacer = plan.simulated
    ? acceleratedPacer({ start: plan.start, speed: plan.speed, monotonic: systemClock.monotonic })
    : realTimePacer(systemClock);
  try {
    if (plan.to.kind !== 'kinesis') return await writeText(plan, pacer, interrupt.signal);
    return await produceToStream(plan, plan.to.stream, pacer, interrupt);
  } finally {
    interrupt.release();
  }
}

async function produceToStream(
  plan: Plan,
  stream: string,
  pacer: Pacer,
  interrupt: Interrupt,
): Promise<number> {
  const { signal } = interrupt;
  const cloud = await acquireCloud(plan, pacer.clock);
  void cloud.stopRequested.then(interrupt.request);
  const client = createKinesisClient(clientConfig(cloud.target), { maxAttempts: 1 });
  try {
    await insistOnStream(client, stream, cloud);
    const kept = await booksKept(cloud, stream, plan, signal);
    const view = createView(plan, cloud, pacer, signal);
    for (const line of cloud.told) view.notice(line);
    if (kept?.books.behind) {
      view.notice(
        'the aggregation is still reading what was sent before: the report may count some of it as this run’s',
      );
    }
    try {
      const { report, gone } = await carryOut({
        plan,
        stream,
        pacer,
        cloud,
        client,
        kept,
        view,
        unread: () => unread(process.stdout, signal),
        signal,
      });
      view.report(report);
      return gone ? EXIT_STATUS.UNREACHABLE : exitStatus(report);
    } finally {
      view.close();
    }
  } finally {
    client.destroy();
    await cloud.close();
  }
}

/**
 * Opens the run's books, where the kit's own aggregation reads the stream.
 *
 * @throws WildRydesError USAGE when the run would start behind the cloud's watermark
 */
async function booksKept(
  { control, embedded }: RunCloud,
  stream: string,
  plan: Plan,
  signal: AbortSignal,
): Promise<Run['kept']> {
  if (control === undefined || stream !== STREAMS.readings) return undefined;
  // In an accelerated or dated run's own cloud there is nobody else.
  const names = embedded && plan.simulated ? undefined : plan.names;
  const books = await openBooks(control, names, plan.start, signal);
  if (books.watermark !== null && plan.start < books.watermark) {
    throw new WildRydesError(
      'USAGE',
      `the run would start at ${formatStatusTime(plan.start)}, behind this cloud's watermark ${formatStatusTime(books.watermark)}: all of it would come late`,
      { next: 'Leave out --join for a throwaway cloud, or choose a later --start.' },
    );
  }
  return { control, books };
}

async function insistOnStream(client: KinesisClient, stream: string, { target }: RunCloud): Promise<void> {
  try {
    await client.send(new DescribeStreamSummaryCommand({ StreamName: stream }));
  } catch (error) {
    throw explainTarget(error, target, (cause) => streamMissing(stream, target, cause));
  }
}

function createView(plan: Plan, cloud: RunCloud, pacer: Pacer, signal: AbortSignal): RunView {
  const out = joinedWriter(process.stdout);
  const err = (text: string) => void process.stderr.write(text);
  switch (plan.output) {
    case 'json':
      return createJsonView(out, err);
    case 'plain':
      return createPlainView(out, err, systemClock.monotonic);
    case 'pretty':
      return createLiveView({
        openScreen: (changed) => openScreen(process.stdout, process, changed),
        print: out,
        colours: coloursFor(process.stdout, process.env),
        clock: { now: pacer.clock.now, monotonic: systemClock.monotonic },
        unicorns: plan.names.length,
        stopping: () => signal.aborted,
        commands: furtherCommands(plan, cloud),
      });
  }
}

/** What to type to see more, from another terminal. */
function furtherCommands({ names }: Plan, { target, control }: RunCloud): string[] {
  const flags = targetFlags(target);
  const query = `./wildrydes query ${nameFlag(names[0] ?? '')}${flags}`;
  const others =
    control === undefined
      ? [`./consumer${flags}`]
      : [`./wildrydes status${flags}`, `./wildrydes shell${flags}`];
  return [query, ...others].map((command) => asTyped(command));
}
