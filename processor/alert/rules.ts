import type { Vital } from '../../telemetry/alert.ts';
import { INTEGER } from '../../telemetry/attributes.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { LOW_MAGIC } from '../../telemetry/topology.ts';

/** When one vital is low. */
export interface Watch {
  readonly vital: Vital;
  /** Attribute of a reading. */
  readonly attribute: 'MagicPoints' | 'HealthPoints';
  /** An episode opens below it. */
  readonly below: number;
  /** The episode ends at it or above; never less than `below`. */
  readonly recovered: number;
}

/** What operations wants to be told of. */
export interface Rules {
  readonly watches: readonly Watch[];
  /** Event time since the last message of an open episode, ms, after which it is told again; 0: never. */
  readonly stillFiringAfter: number;
}

/** How far above the threshold of an episode's start its end is, unless told otherwise. */
const MARGIN = LOW_MAGIC.recover - LOW_MAGIC.fire;

/** Seconds: a day at most, since an episode that is told of more rarely might as well not be. */
const STILL_FIRING = { usual: 300, most: 86_400 } as const;

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads the rules: MAGIC_BELOW (default 50) and MAGIC_RECOVERED (default 5 more); HEALTH_BELOW (default: health is not
 * watched) and HEALTH_RECOVERED (default 5 more); STILL_FIRING_AFTER in seconds, 0 to 86,400 (default 300; 0: never).
 * Points are 32-bit integers, and those of recovery no fewer than those of the start. An empty variable is like none.
 *
 * @throws WildRydesError USAGE naming the variable, what was given and what is allowed
 */
export function alertRules(variables: Variables): Rules {
  const health = integer(variables, 'HEALTH_BELOW', INTEGER.least, INTEGER.most);
  if (health === undefined && variables.HEALTH_RECOVERED) {
    throw new WildRydesError(
      'USAGE',
      `HEALTH_RECOVERED must come with HEALTH_BELOW (given HEALTH_RECOVERED=${variables.HEALTH_RECOVERED} alone)`,
      { next: 'Set HEALTH_BELOW to have health watched, or neither to have it not.' },
    );
  }
  const magic = integer(variables, 'MAGIC_BELOW', INTEGER.least, INTEGER.most) ?? LOW_MAGIC.fire;
  const seconds = integer(variables, 'STILL_FIRING_AFTER', 0, STILL_FIRING.most) ?? STILL_FIRING.usual;
  return {
    watches: [
      watch(variables, 'MAGIC', magic, { vital: 'magic', attribute: 'MagicPoints' }),
      ...(health === undefined
        ? []
        : [watch(variables, 'HEALTH', health, { vital: 'health', attribute: 'HealthPoints' } as const)]),
    ],
    stillFiringAfter: seconds * 1000,
  };
}

function watch(
  variables: Variables,
  prefix: 'MAGIC' | 'HEALTH',
  below: number,
  what: Pick<Watch, 'vital' | 'attribute'>,
): Watch {
  const usual = Math.min(INTEGER.most, below + MARGIN);
  const recovered = integer(variables, `${prefix}_RECOVERED`, below, INTEGER.most) ?? usual;
  return { ...what, below, recovered };
}

function integer(variables: Variables, name: string, least: number, most: number): number | undefined {
  const given = variables[name];
  if (!given) return undefined;
  const value = /^-?\d{1,10}$/.test(given) ? Number(given) : Number.NaN;
  if (value >= least && value <= most) return value;
  const bound = name.endsWith('_RECOVERED') ? `${least}, below which an episode opens,` : String(least);
  throw new WildRydesError(
    'USAGE',
    `${name} must be an integer from ${bound} to ${most} (given ${JSON.stringify(given)})`,
    { next: `Correct ${name} in the function's configuration, or leave it out: then the default applies.` },
  );
}
