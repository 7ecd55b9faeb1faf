import { STACK_NAMES, type StackName } from './stack-names.ts';

/**
 * What things are called in an account, from what the kit calls them. Without the CDK, which is not installed everywhere:
 * for whoever looks at what was deployed.
 */

/** A stream, table, topic, function or delivery stream: `alice-wildrydes`. The prefix has its dash. */
export function nameOf(prefix: string, name: string): string {
  return prefix + name;
}

/** A stack: `alice-wildrydes-Streaming`. */
export function stackNameOf(prefix: string, name: string): string {
  return nameOf(prefix, `wildrydes-${name}`);
}

/** A bucket: all buckets of all accounts share one space of names, so that account and region follow. */
export function bucketNameOf(prefix: string, name: string, account: string, region: string): string {
  return `${nameOf(prefix, name)}-${account}-${region}`;
}

/** Which of the kit's stacks a name in the account is; undefined for one of another prefix, or of somebody else. */
export function stackCalled(prefix: string, stackName: string): StackName | undefined {
  return STACK_NAMES.find((name) => stackNameOf(prefix, name) === stackName);
}

/** What the kit's own names begin with. */
const OWN = /^(wildrydes|WildRydes|Unicorn)/;

/** Whether something is called as the kit calls its things, with just this prefix. */
export function isCalled(prefix: string, name: string): boolean {
  return name.startsWith(prefix) && OWN.test(name.slice(prefix.length));
}
