import { readDomainEndpoint } from '../../infra/aws/search-endpoint.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../infra/aws/settings.ts';
import { isStackName, STACK_NAMES, type StackName } from '../../infra/aws/stack-names.ts';
import { resolveTarget, type Target } from '../../infra/target.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { quote } from '../../telemetry/excerpt.ts';
import { readInteger } from '../options.ts';
import { prefixOf } from '../shell/prefix.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Which deployment, and where. */
export interface AccountFlags {
  readonly prefix?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly json?: boolean | undefined;
}

export interface DestroyFlags extends AccountFlags {
  readonly stack?: string | readonly string[] | undefined;
  readonly yes?: boolean | undefined;
}

export interface DeployFlags extends DestroyFlags {
  readonly all?: boolean | undefined;
  readonly shards?: string | undefined;
  readonly onDemand?: boolean | undefined;
  readonly searchEndpoint?: string | undefined;
  readonly searchArn?: string | undefined;
  readonly alertEmail?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

/** What is deployed when nothing is said: from the sensor to the table and the alerts, and what watches it. */
export const MAIN_LINE: readonly StackName[] = [
  'Streaming',
  'Aggregation',
  'Processing',
  'Alerting',
  'Observability',
];

/** Shards of a stream at most: the quota of an account is 20,000 where it is largest, and three streams have as many each. */
const MOST_SHARDS = 5_000;

/**
 * Where to deploy: AWS, whatever else the environment says, or the endpoint that a flag names.
 *
 * @throws WildRydesError USAGE in a shell that leads to the local cloud: its credentials are none of AWS
 */
export function readTarget({ region, profile, endpoint }: AccountFlags, env: Environment): Target {
  if (endpoint === undefined && env.WILDRYDES_SHELL === 'local') {
    throw new WildRydesError('USAGE', 'this shell leads to the local cloud, and stacks are deployed on AWS', {
      next: 'Leave it with exit, or open one towards AWS: ./wildrydes shell --target aws',
    });
  }
  return resolveTarget({ aws: true, region, profile, endpoint }, env);
}

/** Stacks that are named, in the order of their deployment; undefined if none is. */
export function readStacks(given: string | readonly string[] | undefined): StackName[] | undefined {
  if (given === undefined) return undefined;
  const named = [given].flat();
  const unknown = named.find((each) => !isStackName(each));
  if (unknown !== undefined) {
    throw new WildRydesError(
      'USAGE',
      `--stack must be one of ${STACK_NAMES.join(', ')} (given ${quote(unknown)})`,
    );
  }
  return STACK_NAMES.filter((name) => named.includes(name));
}

/** What is to be deployed, of the flags: the stacks as they are named, without those that they stand on. */
export function readSettings(flags: DeployFlags, env: Environment): Settings {
  const { all, shards, onDemand, searchEndpoint, searchArn, alertEmail } = flags;
  if (alertEmail !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(alertEmail)) {
    throw new WildRydesError(
      'USAGE',
      `--alert-email must be an address such as ops@example.com (given ${quote(alertEmail)})`,
    );
  }
  if (searchEndpoint !== undefined) readDomainEndpoint(searchEndpoint, searchArn);
  else if (searchArn !== undefined) {
    throw new WildRydesError('USAGE', '--search-arn goes with --search-endpoint only');
  }
  return {
    ...DEFAULT_SETTINGS,
    prefix: prefixOf(env, flags.prefix),
    stacks: all ? STACK_NAMES : (readStacks(flags.stack) ?? MAIN_LINE),
    shards: onDemand
      ? 'on-demand'
      : shards === undefined
        ? DEFAULT_SETTINGS.shards
        : readInteger('--shards', shards, 1, MOST_SHARDS),
    searchEndpoint,
    searchArn,
    alertEmail,
  };
}

/** The flags that lead to the same deployment again, with a space before. */
export function flagsAgain(prefix: string, { region, profile, endpoint }: Target): string {
  return [
    prefix === '' ? '' : ` --prefix ${prefix.slice(0, -1)}`,
    endpoint === undefined ? '' : ` --endpoint ${endpoint}`,
    region === undefined ? '' : ` --region ${region}`,
    profile === undefined ? '' : ` --profile ${profile}`,
  ].join('');
}
