import { createFaults } from '../../simulator/faults.ts';
import { Fleet } from '../../simulator/fleet.ts';
import type { Pacer } from '../../simulator/pacing.ts';
import { simulate } from '../../simulator/simulate.ts';
import { createFileSink } from '../../simulator/sinks/file.ts';
import { createStdoutSink } from '../../simulator/sinks/stdout.ts';
import { lengthOf, type Plan } from './plan.ts';
import { setBackNotice } from './slowness.ts';

/**
 * `--to stdout` and `--to FILE`: the readings alone, as NDJSON, and no cloud.
 *
 * @returns the exit status
 */
export async function writeText(plan: Plan, pacer: Pacer, signal: AbortSignal): Promise<number> {
  const sink =
    plan.to.kind === 'file' ? await createFileSink(plan.to.path) : createStdoutSink(process.stdout);
  pacer.onSetBack((ahead) => void process.stderr.write(`${setBackNotice(ahead)}\n`));
  const simulation = simulate({
    fleet: new Fleet({ names: plan.names, seed: plan.seed, scenario: plan.scenario, start: plan.start }),
    faults: plan.faults === undefined ? undefined : createFaults(plan.faults),
    pacer,
    sink,
    ...lengthOf(plan),
    signal,
  });
  const { attempted } = await simulation.done;
  await sink.close();
  if (plan.to.kind === 'file') process.stderr.write(`${attempted} readings written to ${plan.to.path}\n`);
  return 0;
}
