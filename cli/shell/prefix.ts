import type { Target } from '../../infra/target.ts';
import { WildRydesError } from '../../telemetry/errors.ts';
import { quote } from '../../telemetry/excerpt.ts';
import { readPrefix } from '../../telemetry/prefix.ts';
import type { Environment } from './environment.ts';

/**
 * What is put before the names of resources, where people share an account, with its dash: what a flag says, else the
 * variable PREFIX of `wildrydes shell`, else nothing. Outside of such a shell a variable of that name means nothing.
 *
 * @throws WildRydesError USAGE for what is no prefix
 */
export function prefixOf({ WILDRYDES_SHELL, PREFIX }: Environment, given?: string): string {
  return readPrefix(given ?? (WILDRYDES_SHELL === undefined ? undefined : PREFIX));
}

/**
 * The same for a command that goes to a target: a shell's PREFIX is for where the shell leads to. Whoever goes elsewhere
 * from there, by a flag, finds the names that are there.
 *
 * @throws WildRydesError USAGE for what is no prefix
 */
export function prefixAt(target: Target, env: Environment, given?: string): string {
  return given === undefined && !leadsTo(target, env) ? '' : prefixOf(env, given);
}

function leadsTo(target: Target, { WILDRYDES_SHELL, AWS_ENDPOINT_URL }: Environment): boolean {
  if (WILDRYDES_SHELL === 'aws') return target.kind === 'aws';
  return WILDRYDES_SHELL !== undefined && target.endpoint === AWS_ENDPOINT_URL?.replace(/\/+$/, '');
}

/** Flags that name one thing: as a whole, by an option of its own, or by the prefix of its deployment. */
export interface Naming {
  /** Such as `--stream`. */
  readonly option: string;
  readonly name: string | undefined;
  readonly prefix: string | undefined;
}

/**
 * The name that is meant, or undefined if the prefix alone decides.
 *
 * @throws WildRydesError USAGE where both are given: with the prefix before it or without, somebody would be wrong
 */
export function wholeName({ option, name, prefix }: Naming): string | undefined {
  if (name === undefined || prefix === undefined) return name;
  throw new WildRydesError(
    'USAGE',
    `${option} is a whole name, and --prefix goes before the kit's own (given ${quote(name)} and ${quote(prefix)})`,
    { next: `Leave out one of them: ${option} may have the prefix in it.` },
  );
}
