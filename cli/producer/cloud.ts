import { realpathSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { CloudHealth } from '../../infra/local/control/api.ts';
import { type ControlClient, createControlClient } from '../../infra/local/control/client.ts';
import { ControlError } from '../../infra/local/control/routes.ts';
import { startLocal } from '../../infra/pipeline.ts';
import { defaultStateFolder } from '../../infra/project.ts';
import { atLocalPort, describeTarget, type Target } from '../../infra/target.ts';
import type { Clock } from '../../telemetry/clock.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { activePort } from '../../workshop/guide/active.ts';
import { nothingAnswers } from '../advice.ts';
import { portFlag } from '../hints.ts';
import type { Plan } from './plan.ts';

/** The cloud that a run sends to. */
export interface RunCloud {
  readonly target: Target;
  /** The kit's own door into a local cloud that has the pipeline in it; undefined elsewhere. */
  readonly control: ControlClient | undefined;
  readonly embedded: boolean;
  /** False: nothing outlives the cloud. If it is embedded, its last windows may be closed by force. */
  readonly kept: boolean;
  /** State folder of an embedded cloud that is kept. */
  readonly data: string | null;
  /** Resolves when someone asked an embedded cloud to stop, as `wildrydes stop` does. */
  readonly stopRequested: Promise<void>;
  /** What an embedded cloud told while it started, such as what it found damaged. */
  readonly told: readonly string[];
  /** Stops an embedded cloud; leaves any other alone. */
  close(): Promise<void>;
}

/**
 * Finds the cloud that the plan names, or starts one in this process.
 *
 * @throws WildRydesError UNREACHABLE, PORT_TAKEN or STATE_UNUSABLE, each with what to do next
 */
export async function acquireCloud(plan: Plan, clock: Clock): Promise<RunCloud> {
  const { cloud } = plan;
  if (cloud.use === 'throwaway') return embed(plan, cloud.port, null, clock);
  if (cloud.use === 'remote') return remote(cloud.target);
  const control = createControlClient(`http://127.0.0.1:${cloud.port}`);
  const health = await control.health();
  if (health === 'foreign') throw portTaken(cloud.port);
  if (health !== undefined) {
    if (plan.data !== undefined) insistOnData(health, plan.data, cloud.port);
    return join(health, control, cloud.target, cloud.port);
  }
  if (cloud.mustRun) {
    throw new WildRydesError('UNREACHABLE', `no local cloud runs on port ${cloud.port}`, {
      next:
        activePort() === cloud.port
          ? 'It is the workshop’s: ./wildrydes workshop start'
          : `Start one with ./wildrydes start${portFlag(cloud.port)}, or leave out --join.`,
    });
  }
  try {
    return await embed(plan, cloud.port, plan.data ?? defaultStateFolder(), clock);
  } catch (error) {
    // Another producer, started at the same moment, may have been quicker.
    const other = await appearing(control);
    if (other === undefined) throw error;
    if (plan.data !== undefined) insistOnData(other, plan.data, cloud.port);
    return join(other, control, cloud.target, cloud.port);
  }
}

/** Milliseconds that another process gets to have its cloud answer, and to have the pipeline in it. */
const OTHERS = { answer: 2_000, pipeline: 15_000, lookEvery: 50 } as const;

/** The cloud that another process is just starting, if there is one. */
async function appearing(control: ControlClient): Promise<CloudHealth | undefined> {
  const deadline = performance.now() + OTHERS.answer;
  while (performance.now() < deadline) {
    const health = await control.health();
    if (health !== undefined) return health === 'foreign' ? undefined : health;
    await setTimeout(OTHERS.lookEvery);
  }
  return undefined;
}

/** A cloud answers before the pipeline in it does. */
async function pipelineReady(control: ControlClient, port: number): Promise<void> {
  const deadline = performance.now() + OTHERS.pipeline;
  for (;;) {
    try {
      await control.aggregation({ names: [] });
      return;
    } catch (error) {
      if (!(error instanceof ControlError && error.status === 404)) throw error;
    }
    if (performance.now() > deadline) {
      throw new WildRydesError('UNREACHABLE', `the pipeline in the cloud on port ${port} does not start`, {
        next: `Look at it with ./wildrydes status${portFlag(port)}`,
      });
    }
    await setTimeout(OTHERS.lookEvery);
  }
}

async function embed(plan: Plan, port: number, data: string | null, clock: Clock): Promise<RunCloud> {
  const told: string[] = [];
  let starting = true;
  const log = (line: string) => void (starting && told.push(line));
  const local = await startLocal({ port, data, clock, simulated: plan.simulated, log });
  starting = false;
  return {
    told,
    target: local.target,
    control: createControlClient(local.endpoint),
    embedded: true,
    kept: data !== null,
    data,
    stopRequested: local.stopRequested,
    close: () => local.close(),
  };
}

async function join(
  health: CloudHealth,
  control: ControlClient,
  target: Target,
  port: number,
): Promise<RunCloud> {
  if (health.simulated) {
    throw new WildRydesError(
      'PORT_TAKEN',
      `the cloud on port ${port} is for one accelerated or dated ride (process ${health.pid}): its clock is not yours`,
      { next: 'Wait until that ride is over, or choose another port with --port.' },
    );
  }
  if (health.pipeline) await pipelineReady(control, port);
  return {
    ...NOT_OURS,
    target,
    control: health.pipeline ? control : undefined,
    kept: health.kept,
  };
}

/** What holds for every cloud that was there before the run. */
const NOT_OURS = {
  embedded: false,
  kept: true,
  data: null,
  control: undefined,
  stopRequested: new Promise<void>(() => {}),
  told: [],
  close: async () => {},
} as const;

/** An endpoint may still be this kit's cloud, named by its URL; then its control door is used too. */
async function remote(target: Target): Promise<RunCloud> {
  const port = loopbackPort(target);
  if (port === undefined) return { ...NOT_OURS, target };
  const control = createControlClient(`http://127.0.0.1:${port}`);
  const health = await control.health();
  if (health === undefined) throw nothingAnswers(target, 'connection refused', undefined);
  if (health === 'foreign') return { ...NOT_OURS, target };
  return join(health, control, atLocalPort(port, target.region), port);
}

function loopbackPort(target: Target): number | undefined {
  if (target.endpoint === undefined) return undefined;
  const url = new URL(target.endpoint);
  if (url.protocol !== 'http:' || !['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname))
    return undefined;
  return Number(url.port || 80);
}

/** Whoever names a state folder must not find their readings in another one. */
function insistOnData(health: CloudHealth, data: string, port: number): void {
  if (health.data !== null && actualPath(health.data) === actualPath(data)) return;
  throw new WildRydesError(
    'PORT_TAKEN',
    `the cloud that runs on port ${port} ${health.data === null ? 'keeps nothing' : `has its state in ${health.data}`}, not in ${data}`,
    { next: 'Leave out --data to join it, or choose another port with --port.' },
  );
}

function actualPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder; // not there yet
  }
}

/** The message for a port on which something listens that is not a cloud of this kit. */
export function portTaken(port: number): WildRydesError {
  const another = port === 65_535 ? port - 1 : port + 1;
  return new WildRydesError(
    'PORT_TAKEN',
    `port ${port} is taken by a program that is not a Wild Rydes cloud (or by one that does not answer)`,
    {
      next: `Stop that program, choose another port with --port ${another}, or use it as it is with --endpoint ${describeTarget(atLocalPort(port, undefined))}.`,
    },
  );
}
