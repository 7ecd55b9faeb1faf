import { known } from '../../infra/aws/account/kinds.ts';
import type { Place } from '../../infra/aws/account/place.ts';
import type { StackName } from '../../infra/aws/stack-names.ts';
import type { Account } from './world.ts';

/** What costs money and is left. */
export interface Left {
  readonly left: readonly {
    readonly what: string;
    readonly name: string;
    /** Why it is known to be; null for what a list of the service shows. */
    readonly because: string | null;
  }[];
  /** What could not be looked at, and why. */
  readonly unseen: readonly { readonly what: string; readonly reason: string }[];
}

/** Kinds that no list is asked for: what CloudFormation said when it deleted their stack counts. */
const BY_CLOUDFORMATION: ReadonlySet<string> = new Set(['alarm', 'dashboard', 'search domain']);

/**
 * Looks at what is left of a deployment: stacks, what has a name of the kit's in the lists of each service, and what
 * CloudFormation did not delete.
 *
 * @param stacks stacks that were named: then theirs alone count, for other parts are still there; undefined: all
 */
export async function leftOf(
  stacks: readonly StackName[] | undefined,
  place: Place,
  account: Account,
): Promise<Left> {
  const counts = ({ name }: { readonly name: StackName }) => stacks === undefined || stacks.includes(name);
  const [there, skipped, { left, unseen }] = await Promise.all([
    account.stacks(place.region),
    account.leftByDeletion(place.region),
    stacks === undefined ? account.remains(place) : { left: [], unseen: [] },
  ]);
  const again = new Set(there.map(({ name }) => name));
  return {
    left: [
      ...there
        .filter(counts)
        .map(({ stackName, status }) => ({ what: 'stack', name: stackName, because: status })),
      ...skipped.flatMap((resource) => {
        const thing = known(resource, place);
        if (thing === undefined || !BY_CLOUDFORMATION.has(thing.what)) return [];
        // A stack that is there has taken it over, or made another.
        if (again.has(resource.stack) || !counts({ name: resource.stack })) return [];
        return [
          { what: thing.what, name: thing.name, because: `CloudFormation left it: ${resource.status}` },
        ];
      }),
      ...left.map(({ what, name }) => ({ what, name, because: null })),
    ],
    unseen,
  };
}
