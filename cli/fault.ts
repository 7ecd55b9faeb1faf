import { type ControlClient, createControlClient } from '../infra/local/control/client.ts';
import { ControlError } from '../infra/local/control/routes.ts';
import {
  FAULT_KINDS,
  type FaultKind,
  type FaultRequest,
  type FaultStatus,
  readFaultRequest,
} from '../infra/local/faults/fault.ts';
import { WildRydesError } from '../telemetry/errors.ts';
import { quote } from '../telemetry/excerpt.ts';

import { portFlag } from './hints.ts';
import { readDuration, readInteger } from './options.ts';
import { portMeant } from './shell/port.ts';
import { column, printable } from './terminal.ts';

export interface FaultArguments {
  readonly kind?: string | undefined;
  readonly target?: string | undefined;
  readonly for?: string | undefined;
  readonly count?: string | undefined;
  readonly share?: string | undefined;
  readonly shard?: string | undefined;
  readonly delay?: string | undefined;
  readonly port?: number | undefined;
  readonly json?: boolean | undefined;
}

/** How long a fault lasts of which nothing was said, seconds. */
const DEFAULT_SECONDS = 60;

/**
 * Lists, adds or ends faults in the local cloud that runs.
 *
 * @throws WildRydesError USAGE, UNREACHABLE without a cloud, NOT_FOUND when there is no such fault to end
 */
export async function fault(given: FaultArguments): Promise<void> {
  const { kind, target, port = portMeant(process.env), json } = given;
  const request = kind === undefined || kind === 'end' ? undefined : requestOf(given);
  const control = createControlClient(`http://127.0.0.1:${port}`);
  const print = (value: unknown, lines: readonly string[]) =>
    process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${lines.join('\n')}\n`);
  await reach(control, port);
  if (request !== undefined) {
    const added = await addTo(control, request);
    print(added, [...faultLines([added]), `End it with ./wildrydes fault end ${added.id}${portFlag(port)}`]);
  } else if (kind === 'end') {
    const ended = await control.endFaults(
      target === undefined ? undefined : readInteger('end', target, 1, 1e9),
    );
    if (target !== undefined && ended === 0) {
      throw new WildRydesError('NOT_FOUND', `there is no fault ${target}`, {
        next: `See what is on with ./wildrydes fault${portFlag(port)}`,
      });
    }
    print({ ended }, [`ended ${ended} fault${ended === 1 ? '' : 's'}`]);
  } else {
    const { faults } = await control.status();
    print(faults, faults.length === 0 ? ['no fault is on'] : faultLines(faults));
  }
}

/** One line for each kind: its name, what it takes and what happens. */
export function kindLines(): string[] {
  return [
    'What can go wrong:',
    ...Object.entries(FAULT_KINDS).map(
      ([kind, { target, what }]) => `  ${column(kind, 18)} ${column(target.toUpperCase(), 10)} ${what}`,
    ),
  ];
}

/** Faults that are on, for a person. */
export function faultLines(faults: readonly FaultStatus[]): string[] {
  return faults.map(({ id, kind, target, happened, share, shard, delay, count, seconds }) => {
    const more = [
      shard,
      share === undefined ? undefined : `${share * 100}%`,
      delay === undefined ? undefined : `${delay} ms late`,
      seconds === undefined ? undefined : `for ${seconds} s`,
      count === undefined ? undefined : `${count} times at most`,
      `happened ${happened} times`,
    ].filter((part) => part !== undefined);
    return `  ${String(id).padStart(3)}  ${kind} ${printable(target)}: ${more.join(', ')}`;
  });
}

function requestOf(given: FaultArguments): FaultRequest {
  const { kind = '', target, shard } = given;
  if (!Object.hasOwn(FAULT_KINDS, kind)) {
    throw new WildRydesError('USAGE', `there is no fault ${quote(kind)}`, {
      next: `There are ${Object.keys(FAULT_KINDS).join(', ')}.`,
    });
  }
  const wanted = FAULT_KINDS[kind as FaultKind].target;
  if (target === undefined) {
    throw new WildRydesError('USAGE', `${kind} must name a ${wanted}`, {
      next: `Such as: ./wildrydes fault ${kind} ${EXAMPLES[wanted]}`,
    });
  }
  const count = given.count === undefined ? undefined : readInteger('--count', given.count, 1, 1e9);
  const seconds = given.for === undefined ? undefined : readDuration('--for', given.for) / 1000;
  const delay = given.delay === undefined ? undefined : readDuration('--delay', given.delay);
  const share = given.share === undefined ? undefined : readShare(given.share);
  const lasting = seconds ?? (count === undefined ? DEFAULT_SECONDS : undefined);
  return readFaultRequest({
    kind,
    target,
    shard: shard === undefined ? undefined : shardId(shard),
    count,
    seconds: lasting,
    delay,
    share,
  });
}

const EXAMPLES = {
  stream: 'wildrydes',
  operation: 'PutRecords',
  function: 'WildRydesStreamProcessor',
  table: 'UnicornSensorData',
  topic: 'wildrydes-alerts',
} as const;

/** `0.2` or `20%`. */
function readShare(text: string): number {
  const match = /^(\d*\.?\d+)(%?)$/.exec(text);
  const share = match === null ? Number.NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1);
  if (share > 0 && share <= 1) return share;
  throw new WildRydesError(
    'USAGE',
    `--share must be above 0 and at most 1, or a percentage (given ${quote(text)})`,
  );
}

/** `3` is shardId-000000000003, as the AWS CLI's users write it. */
function shardId(text: string): string {
  return /^\d{1,12}$/.test(text) ? `shardId-${text.padStart(12, '0')}` : text;
}

async function addTo(control: ControlClient, request: FaultRequest): Promise<FaultStatus> {
  try {
    return await control.addFault(request);
  } catch (error) {
    if (error instanceof ControlError) throw new WildRydesError('USAGE', error.message);
    throw error;
  }
}

async function reach(control: ControlClient, port: number): Promise<void> {
  const health = await control.health();
  if (health !== undefined && health !== 'foreign') return;
  throw new WildRydesError('UNREACHABLE', `no local cloud runs on port ${port}`, {
    next: `Start one with ./wildrydes start${portFlag(port)}`,
  });
}
