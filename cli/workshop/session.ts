import { describeTarget, resolveTarget, type Target } from '../../infra/target.ts';
import { systemClock } from '../../telemetry/clock.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { LOCAL } from '../../telemetry/topology.ts';
import { activePort } from '../../workshop/guide/active.ts';
import { learnersFolder, progressFile } from '../../workshop/guide/places.ts';
import { Progress } from '../../workshop/guide/progress.ts';
import { openWorkbench, type Workbench } from '../../workshop/workbench.ts';
import { onInterrupt } from '../interrupt.ts';
import { portOfShell } from '../shell/port.ts';
import { prefixOf } from '../shell/prefix.ts';
import { isLiveTerminal } from '../terminal.ts';

/** What all commands of `wildrydes workshop` take. */
export interface WorkshopFlags {
  readonly target?: 'local' | 'aws' | undefined;
  readonly port?: number | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly prefix?: string | undefined;
  readonly json?: boolean | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a learner works, and under which names. */
export interface Place {
  readonly target: Target;
  readonly prefix: string;
}

/**
 * Where the workshop is: where the flags say; else where the shell leads that it is asked in; else the local cloud.
 * Outside of `wildrydes shell`, nothing but `--target aws` leads to AWS.
 *
 * @throws WildRydesError USAGE for flags that contradict each other
 */
export function placeOf(flags: WorkshopFlags, env: Environment, active: number | undefined): Place {
  const shell = env.WILDRYDES_SHELL;
  const prefix = prefixOf(env, flags.prefix);
  const kind = flags.target ?? (flags.port === undefined && shell === 'aws' ? 'aws' : 'local');
  if (kind === 'aws') {
    if (flags.port !== undefined)
      throw new WildRydesError('USAGE', '--port is for the local cloud: leave out --target aws');
    if (shell === 'local') {
      throw new WildRydesError(
        'USAGE',
        'this is a shell towards the local cloud, without your AWS settings',
        {
          next: 'Leave it first: exit',
        },
      );
    }
    return {
      target: resolveTarget({ aws: true, region: flags.region, profile: flags.profile }, env),
      prefix,
    };
  }
  if (flags.region !== undefined || flags.profile !== undefined) {
    throw new WildRydesError('USAGE', '--region and --profile are for AWS', {
      next: 'Add --target aws, or leave them out.',
    });
  }
  const port = flags.port ?? portOfShell(env) ?? active ?? LOCAL.port;
  return { target: resolveTarget({ port }, env), prefix };
}

/** What a command of the workshop works with. */
export interface Session {
  readonly at: Workbench;
  readonly prefix: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** One JSON object, or lines for a person. */
  print(value: unknown, lines: readonly string[]): void;
  /** For a person who waits; nothing with --json. */
  tell(line: string): void;
}

/** Runs a command with a workbench at the target, until Ctrl-C. */
export async function withSession<T>(
  flags: WorkshopFlags,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { target, prefix } = placeOf(flags, process.env, activePort());
  const interrupt = onInterrupt();
  const warn = (text: string) => void process.stderr.write(`${text}\n`);
  const at = openWorkbench({
    target,
    prefix,
    env: process.env,
    folder: learnersFolder(),
    clock: systemClock,
    signal: interrupt.signal,
    waiting: flags.json ? () => {} : waitingLine(),
  });
  try {
    return await work({
      at,
      prefix,
      progress: Progress.open(progressFile(target, prefix), warn),
      signal: interrupt.signal,
      print: (value, lines) =>
        void process.stdout.write(flags.json ? `${JSON.stringify(value)}\n` : `${lines.join('\n')}\n`),
      tell: (line) => void (flags.json || process.stderr.write(`${line}\n`)),
    });
  } catch (error) {
    if (interrupt.signal.aborted) throw new WildRydesError('UNREACHABLE', 'interrupted');
    throw explained(error, target);
  } finally {
    interrupt.release();
    at.close();
  }
}

/** What the SDK says of a target that does not answer. */
function explained(error: unknown, target: Target): unknown {
  if (error instanceof WildRydesError) return error;
  const { name, message } = error as Error;
  if (/ECONNREFUSED/.test(`${name} ${message}`)) {
    return new WildRydesError('UNREACHABLE', `nothing answers at ${describeTarget(target)}`, {
      next: 'Start the workshop: ./wildrydes workshop start',
      cause: error,
    });
  }
  if (/Credentials|ExpiredToken|UnrecognizedClient|Region is missing/.test(`${name} ${message}`)) {
    return new WildRydesError('UNREACHABLE', `${describeTarget(target)} refuses: ${message}`, {
      next: 'Look at it with: aws sts get-caller-identity',
      cause: error,
    });
  }
  return error;
}

/** One line that says what is waited for, on a terminal; it is gone when the waiting is over. */
function waitingLine(): Workbench['waiting'] {
  if (!isLiveTerminal(process.stderr, process.env)) return () => {};
  let shown = false;
  return (what) => {
    if (what === undefined && !shown) return;
    process.stderr.write(what === undefined ? '\r\u001b[K' : `\r\u001b[Kwaiting ${what} …`);
    shown = what !== undefined;
  };
}
