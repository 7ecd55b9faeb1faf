import { type ControlClient, createControlClient } from '../../infra/local/control/client.ts';
import { startLocal } from '../../infra/pipeline.ts';
import { defaultStateFolder } from '../../infra/project.ts';
import { atLocalPort, describeTarget, type Target } from '../../infra/target.ts';
import type { Clock } from '../../telemetry/clock.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import type { Plan } from './plan.ts';

/** The cloud that a run sends to. */
export interface RunCloud {
  readonly target: Target;
  /** The kit's own door into a local cloud; undefined elsewhere. */
  readonly control: ControlClient | undefined;
  readonly embedded: boolean;
  /** False: nothing outlives the run, so its last windows may be closed by force. */
  readonly kept: boolean;
  readonly data: string | null;
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
    return {
      target: cloud.target,
      control,
      embedded: false,
      kept: health.kept,
      data: null,
      close: async () => {},
    };
  }
  if (cloud.mustRun) {
    throw new WildRydesError('UNREACHABLE', `no local cloud runs on port ${cloud.port}`, {
      next: 'Start one with ./wildrydes start, or leave out --join.',
    });
  }
  return embed(plan, cloud.port, plan.data ?? defaultStateFolder(), clock);
}

async function embed(plan: Plan, port: number, data: string | null, clock: Clock): Promise<RunCloud> {
  const local = await startLocal({ port, data, clock, simulated: plan.simulated });
  return {
    target: local.target,
    control: createControlClient(local.endpoint),
    embedded: true,
    kept: data !== null,
    data,
    close: () => local.close(),
  };
}

/** An endpoint may still be this kit's cloud, named by its URL; then its control door is used too. */
async function remote(target: Target): Promise<RunCloud> {
  const closed = { target, embedded: false, data: null, close: async () => {} };
  const port = loopbackPort(target);
  if (port === undefined) return { ...closed, control: undefined, kept: true };
  const control = createControlClient(`http://127.0.0.1:${port}`);
  const health = await control.health();
  if (health === undefined) {
    throw new WildRydesError('UNREACHABLE', `nothing listens at ${describeTarget(target)}`, {
      next: 'Start a local cloud with ./wildrydes start, or name an endpoint that runs.',
    });
  }
  if (health === 'foreign') return { ...closed, control: undefined, kept: true };
  return { ...closed, target: atLocalPort(port, target.region), control, kept: health.kept };
}

function loopbackPort(target: Target): number | undefined {
  if (target.endpoint === undefined) return undefined;
  const url = new URL(target.endpoint);
  if (url.protocol !== 'http:' || !['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname))
    return undefined;
  return Number(url.port || 80);
}

/** The message for a port on which something listens that is not a cloud of this kit. */
export function portTaken(port: number): WildRydesError {
  return new WildRydesError(
    'PORT_TAKEN',
    `port ${port} is taken by a program that is not a Wild Rydes cloud`,
    {
      next: `Stop that program, choose another port with --port ${port + 1}, or use it as it is with --endpoint http://127.0.0.1:${port}.`,
    },
  );
}
