import type { DeployedStack } from '../../infra/aws/account/stacks.ts';
import { STACK_NAMES, type StackName, withFoundations } from '../../infra/aws/stack-names.ts';

/** What a deployment comes to. */
export interface Work {
  /** Stacks that are made or changed, in their order. */
  readonly deploys: readonly StackName[];
  /** All that there are afterwards: what the app knows of, so that stacks that are joined to others find them. */
  readonly all: readonly StackName[];
}

/**
 * Stacks that are named are deployed, with those that they stand on and that are not there yet: what is there is left as it
 * is, with the shards that it has.
 */
export function workOf(named: readonly StackName[], deployed: readonly Pick<DeployedStack, 'name'>[]): Work {
  const there = new Set(deployed.map(({ name }) => name));
  const needed = withFoundations(named);
  return {
    deploys: needed.filter((name) => named.includes(name) || !there.has(name)),
    all: STACK_NAMES.filter((name) => there.has(name) || needed.includes(name)),
  };
}

/** What goes when stacks are destroyed: they, and those that stand on them, in the order in which they go. */
export function goingWith<Stack extends Pick<DeployedStack, 'name'>>(
  named: readonly StackName[] | undefined,
  deployed: readonly Stack[],
): Stack[] {
  const goes = ({ name }: Stack) =>
    named === undefined ||
    named.includes(name) ||
    named.some((each) => withFoundations([name]).includes(each));
  return deployed.filter(goes).sort((a, b) => STACK_NAMES.indexOf(b.name) - STACK_NAMES.indexOf(a.name));
}
