import type { TargetFlags } from '../../infra/target.ts';
import { resolveTarget, type Target } from '../../infra/target.ts';
import { type FaultRates, parseFaults } from '../../simulator/faults.ts';
import { fleetNames } from '../../simulator/names.ts';
import { isScenarioName, SCENARIO_NAMES, type ScenarioName } from '../../simulator/scenarios/index.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { quote } from '../../telemetry/excerpt.ts';
import { nameFault } from '../../telemetry/name.ts';
import { parseStatusTime } from '../../telemetry/status-time.ts';
import { DEFAULT_UNICORN, STREAMS } from '../../telemetry/topology.ts';
import { readDuration, readInteger, readStreamName } from '../options.ts';
import { prefixAt, wholeName } from '../shell/prefix.ts';

/** The flags of `wildrydes producer` as the parser leaves them: text, because a name may look like a number. */
export interface ProducerFlags extends TargetFlags {
  readonly name?: readonly string[] | undefined;
  readonly fleet?: string | undefined;
  readonly scenario?: string | undefined;
  readonly seed?: string | undefined;
  readonly count?: string | undefined;
  readonly duration?: string | undefined;
  readonly speed?: string | undefined;
  readonly start?: string | undefined;
  readonly fault?: string | undefined;
  readonly to?: string | undefined;
  readonly stream?: string | undefined;
  /** Of a deployment that shares its account: `alice`. */
  readonly prefix?: string | undefined;
  readonly join?: boolean | undefined;
  /** Absolute path. */
  readonly data?: string | undefined;
  readonly ephemeral?: boolean | undefined;
  readonly output?: OutputFormat | undefined;
}

export type OutputFormat = 'pretty' | 'plain' | 'json';

/** Which cloud a run uses. */
export type CloudChoice =
  /** A cloud elsewhere: AWS, or an endpoint that the user named. */
  | { readonly use: 'remote'; readonly target: Target }
  /** The local cloud at a port; one is started in this process when none runs there, unless `mustRun`. */
  | { readonly use: 'local'; readonly port: number; readonly target: Target; readonly mustRun: boolean }
  /** One of this run's own, thrown away at its end; port 0 is any free one. */
  | { readonly use: 'throwaway'; readonly port: number };

/** What a run is going to do: every flag read, checked and resolved. */
export interface Plan {
  readonly names: readonly string[];
  readonly scenario: ScenarioName;
  readonly seed: string;
  readonly faults: FaultRates | undefined;
  /** Readings per unicorn; undefined: no limit. */
  readonly count: number | undefined;
  /** Simulated milliseconds; undefined: no limit. */
  readonly duration: number | undefined;
  /** Time of the first reading, milliseconds since the epoch. */
  readonly start: number;
  /** Simulated seconds per second; Infinity: as fast as it goes. */
  readonly speed: number;
  /** True when the run's own clock decides the time, not the wall clock. */
  readonly simulated: boolean;
  readonly to: { readonly kind: 'kinesis'; readonly stream: string } | { readonly kind: 'stdout' } | TextFile;
  readonly cloud: CloudChoice;
  /** State folder named by the user, an absolute path. */
  readonly data: string | undefined;
  readonly output: OutputFormat;
}

interface TextFile {
  readonly kind: 'file';
  readonly path: string;
}

/** How long a simulation of this plan is to go on. */
export function lengthOf({ count, duration }: Plan): { count?: number; duration?: number } {
  return { ...(count === undefined ? {} : { count }), ...(duration === undefined ? {} : { duration }) };
}

/** What the plan depends on besides its flags. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly randomSeed: () => string;
  /** True when standard output is a terminal that can redraw. */
  readonly terminal: boolean;
  /** Port of the cloud of a workshop that is under way. */
  readonly workshop?: number | undefined;
}

/**
 * Reads the flags of `./producer`.
 *
 * @throws WildRydesError USAGE naming the flag, what was given and what is allowed
 */
export function planRun(flags: ProducerFlags, surroundings: Surroundings): Plan {
  const { now } = surroundings;
  const count = readCount(flags.count);
  const duration = readRide(flags.duration);
  const ride = Math.min(count === undefined ? Infinity : count * 1_000, duration ?? Infinity);
  const speed = readSpeed(flags.speed ?? '1');
  const givenStart = readStart(flags.start);
  const simulated = speed !== 1 || givenStart !== undefined;
  const cloud = chooseCloud(flags, surroundings, simulated);
  const start = givenStart ?? (simulated && ride < Infinity ? now - ride : now);
  insistOnWritableTimes(start, ride);
  return {
    names: readNames(flags),
    scenario: readScenario(flags.scenario ?? 'classic'),
    seed: flags.seed ?? surroundings.randomSeed(),
    faults: flags.fault === undefined ? undefined : parseFaults(flags.fault),
    count,
    duration,
    start,
    speed,
    simulated,
    to: readDestination(flags, surroundings.env, cloud),
    cloud,
    data: flags.data,
    output: flags.output ?? (surroundings.terminal ? 'pretty' : 'plain'),
  };
}

function readNames(flags: ProducerFlags): string[] {
  const given = flags.name ?? [];
  for (const name of given) {
    const fault = nameFault(name);
    if (fault !== undefined) throw new WildRydesError('USAGE', `--name ${fault} (given ${quote(name)})`);
  }
  const generated =
    flags.fleet === undefined ? [] : fleetNames(readInteger('--fleet', flags.fleet, 1, 1_000_000));
  const names = [...new Set([...given, ...generated])];
  return names.length === 0 ? [DEFAULT_UNICORN] : names;
}

function readScenario(text: string): ScenarioName {
  if (isScenarioName(text)) return text;
  throw new WildRydesError('USAGE', `--scenario must be one of ${SCENARIO_NAMES.join(', ')} (given ${text})`);
}

function readCount(text: string | undefined): number | undefined {
  return text === undefined ? undefined : readInteger('--count', text, 1, 1e9);
}

/** Whole seconds, because there is one reading a second. */
function readRide(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Math.ceil(readDuration('--duration', text) / 1_000) * 1_000;
}

function readSpeed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const speed = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(speed >= 0.01 && speed <= 100_000)) {
    throw new WildRydesError('USAGE', `--speed must be a number from 0.01 to 100000, or max (given ${text})`);
  }
  return speed;
}

function readStart(text: string | undefined): number | undefined {
  if (text === undefined || text === 'now') return undefined;
  const start = parseStatusTime(text);
  if (start === undefined) {
    throw new WildRydesError(
      'USAGE',
      `--start must be a UTC time such as "2026-05-01 09:00:00", or ISO 8601 with an offset (given ${text})`,
    );
  }
  return start;
}

/** StatusTime has four digits for the year. A ride without end may reach their end: that takes a while. */
function insistOnWritableTimes(start: number, ride: number): void {
  const end = start + (ride < Infinity ? ride : 0);
  if (start >= FIRST_TIME && end <= LAST_TIME) return;
  throw new WildRydesError('USAGE', 'the ride must lie within the years 0001 to 9999', {
    next: 'Choose another --start, or a shorter --count or --duration.',
  });
}

const FIRST_TIME = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_TIME = Date.parse('9999-12-31T23:59:59.999Z');

function readDestination(flags: ProducerFlags, env: Surroundings['env'], cloud: CloudChoice): Plan['to'] {
  const to = flags.to ?? 'kinesis';
  if (to === 'kinesis') {
    const { stream: name, prefix } = flags;
    // What is thrown away is nobody else's, and has the kit's own names.
    const own = cloud.use === 'throwaway' ? '' : prefixAt(cloud.target, env, prefix);
    const stream = wholeName({ option: '--stream', name, prefix }) ?? own + STREAMS.readings;
    return { kind: 'kinesis', stream: readStreamName(stream) };
  }
  if (to === 'stdout' || to === '-') return { kind: 'stdout' };
  if (to === '') throw new WildRydesError('USAGE', '--to must be kinesis, stdout or a file (given nothing)');
  return { kind: 'file', path: to };
}

function chooseCloud(flags: ProducerFlags, surroundings: Surroundings, simulated: boolean): CloudChoice {
  const target = resolveTarget(flags, surroundings.env);
  const elsewhere = flags.endpoint !== undefined || target.kind === 'aws';
  if (elsewhere) {
    refuse(flags.join, '--join is for a local cloud that runs', NAMES_A_TARGET);
    refuse(flags.ephemeral, '--ephemeral starts a cloud here', NAMES_A_TARGET);
    refuse(flags.data !== undefined, '--data is for a cloud that starts here', NAMES_A_TARGET);
    return { use: 'remote', target };
  }
  refuse(flags.join && flags.ephemeral, '--join is for a local cloud that runs', '--ephemeral');
  refuse(flags.join && flags.data !== undefined, '--join is for a local cloud that runs', '--data');
  refuse(flags.ephemeral && flags.data !== undefined, '--ephemeral keeps nothing', '--data');
  const workshop = surroundings.workshop !== undefined && portAt(target) === surroundings.workshop;
  if (workshop && simulated && !flags.join && !flags.ephemeral && (flags.to ?? 'kinesis') === 'kinesis') {
    throw new WildRydesError(
      'USAGE',
      'in the workshop’s cloud time is real: an accelerated or dated ride would be late there, or make others late',
      { next: 'Leave out --speed and --start, or add --ephemeral for a cloud of its own.' },
    );
  }
  if (flags.ephemeral || (simulated && !flags.join)) {
    refuse(flags.data !== undefined, 'an accelerated or dated ride keeps nothing', '--data');
    refuse(flags.prefix !== undefined, 'a throwaway cloud is shared with nobody', '--prefix');
    return { use: 'throwaway', port: flags.port ?? 0 };
  }
  // An endpoint of the environment, as in `wildrydes shell`.
  if (target.port === undefined) {
    refuse(flags.data !== undefined, '--data is for a cloud that starts here', 'AWS_ENDPOINT_URL');
    return { use: 'remote', target };
  }
  return { use: 'local', port: target.port, target, mustRun: flags.join || workshop };
}

/** The port of this machine that a target is at. */
function portAt({ port, endpoint }: Target): number | undefined {
  if (port !== undefined || endpoint === undefined) return port;
  const { hostname, port: text } = new URL(endpoint);
  return hostname === '127.0.0.1' || hostname === 'localhost' ? Number(text || 80) : undefined;
}

const NAMES_A_TARGET = '--endpoint, --aws, --region and --profile';

function refuse(contradiction: boolean | undefined, because: string, leaveOut: string): void {
  if (contradiction) throw new WildRydesError('USAGE', `${because}: leave out ${leaveOut}`);
}
