import type { StackName } from './stack-names.ts';

/** What a deployment is to be: read once, at the edge, and given to every stack. */
export interface Settings {
  /** Before each name, its dash included: `alice-`; nothing for who has the account alone. */
  readonly prefix: string;
  /** The stacks that are wanted. Those that they stand on come too. */
  readonly stacks: readonly StackName[];
  /** Shards of each stream; `on-demand`: as many as it takes, paid by what goes through. */
  readonly shards: number | 'on-demand';
  /** Days that logs are kept: one of those that CloudWatch Logs knows. */
  readonly logDays: 1 | 3 | 5 | 7 | 14 | 30 | 60 | 90;
  /** URL of an OpenSearch that exists, for the stack Search; undefined: the stack has a domain of its own. */
  readonly searchEndpoint: string | undefined;
  /** ARN of that domain, where its URL does not tell: it has a host name of its own, or is another account's. */
  readonly searchArn: string | undefined;
  /** The aggregation's Jar; undefined: a placeholder, which synthesizes and does not run. */
  readonly jar: string | undefined;
  /** Where alerts and alarms go: an address, which AWS asks to confirm; undefined: nobody but who subscribes. */
  readonly alertEmail: string | undefined;
}

export const DEFAULT_SETTINGS: Omit<Settings, 'stacks'> = {
  prefix: '',
  shards: 1,
  logDays: 7,
  searchEndpoint: undefined,
  searchArn: undefined,
  jar: undefined,
  alertEmail: undefined,
};
