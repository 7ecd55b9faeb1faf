import { notYet, type Passed, passed } from '../../finding.ts';
import type { Workbench } from '../../workbench.ts';
import { type Leftover, leftovers } from './leftovers.ts';

/** Of more than these, the others are counted. */
const TOLD = 8;

/** Of all that the modules make, nothing is there. */
export async function checkNothing(at: Workbench): Promise<Passed> {
  const looked =
    'streams, functions, tables, roles, topics, logs, applications, buckets and stacks of the workshop';
  const left = await leftovers(at);
  const [first] = left;
  if (first === undefined) return passed(looked, 'nothing is left');
  throw notYet({ looked, found: told(left), expected: 'nothing is left', next: first.remove });
}

function told(left: readonly Leftover[]): string {
  const names = left.slice(0, TOLD).map(({ what }) => what);
  const more = left.length - names.length;
  return `${names.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}
