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
