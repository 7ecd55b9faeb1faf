import { type ApplicationDetail, KinesisAnalyticsV2Client } from '@aws-sdk/client-kinesis-analytics-v2';
import { AlreadyThere, ApplicationControl } from '../../aggregation/control/control.ts';
import { OWN_APPLICATION } from '../../infra/aggregation-engine.ts';
import { clientConfig, resolveTarget, type Target } from '../../infra/target.ts';
import { pause } from '../../stream/backoff.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { explainTarget } from '../advice.ts';
import { targetFlags } from '../hints.ts';
import { onInterrupt } from '../interrupt.ts';
import { prefixAt, wholeName } from '../shell/prefix.ts';
import { printable } from '../terminal.ts';
import { type AggregationFlags, patienceOf } from './flags.ts';
import { stateLines, stateObject } from './show.ts';

/** What a command works with. */
export interface Session {
  readonly target: Target;
  readonly name: string;
  readonly control: ApplicationControl;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** One JSON object, or lines for a person. */
  print(value: unknown, lines: readonly string[]): void;
}

/** Runs a command on an application, and explains what goes wrong. Progress is told on standard error. */
export async function withApplication(
  flags: AggregationFlags,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  const target = resolveTarget(flags, process.env);
  const { application, prefix } = flags;
  const name =
    wholeName({ option: '--application', name: application, prefix }) ??
    prefixAt(target, process.env, prefix) + OWN_APPLICATION;
  const patience = patienceOf(flags);
  const client = new KinesisAnalyticsV2Client(clientConfig(target));
  const interrupt = onInterrupt();
  const control = new ApplicationControl(client, name, {
    clock: systemClock,
    pause,
    patience,
    progress: (line) => void process.stderr.write(`${name}: ${line}\n`),
    signal: interrupt.signal,
  });
  const print = (value: unknown, lines: readonly string[]) =>
    void process.stdout.write(flags.json ? `${JSON.stringify(value)}\n` : `${lines.join('\n')}\n`);
  try {
    await work({ target, name, control, signal: interrupt.signal, print });
  } catch (error) {
    if (!(error instanceof AlreadyThere))
      throw explainTarget(
        error,
        target,
        (cause) => new WildRydesError('NOT_FOUND', String((cause as Error).message), { cause }),
      );
    print({ name, already: true }, [error.message]);
  } finally {
    interrupt.release();
    client.destroy();
  }
}

/** Tells what a change came to; without a detail, that nobody waited for it. */
export async function tellOutcome(
  { control, name, target, print }: Session,
  detail: ApplicationDetail | undefined,
): Promise<void> {
  if (detail === undefined) {
    print({ name, waited: false }, [
      `it goes on without being waited for: ./wildrydes aggregation status --application ${name}${targetFlags(target)} tells how far it is`,
    ]);
    return;
  }
  const state = await control.state();
  print(stateObject(state), stateLines(state).map(printable));
}
