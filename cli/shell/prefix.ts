import { readPrefix } from '../../workshop/names.ts';
import type { Environment } from './environment.ts';

/**
 * What is put before the names of resources in `wildrydes shell`, where people share an account: its variable PREFIX, with
 * its dash. Outside of such a shell nothing is, whatever a variable of that name says there.
 */
export function prefixOf({ WILDRYDES_SHELL, PREFIX }: Environment): string {
  return WILDRYDES_SHELL === undefined ? '' : readPrefix(PREFIX);
}
