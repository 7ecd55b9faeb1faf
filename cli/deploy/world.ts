import type { Emptied } from '../../infra/aws/account/bucket.ts';
import type { CdkRequest } from '../../infra/aws/account/cdk.ts';
import type { Place } from '../../infra/aws/account/place.ts';
import type { Remains } from '../../infra/aws/account/remains.ts';
import type { DeployedStack, StackResource } from '../../infra/aws/account/stacks.ts';

/** What a command sees of the account. All reject with what the SDK says. */
export interface Account {
  region(): Promise<string>;
  place(region: string): Promise<Place>;
  bootstrapVersion(region: string): Promise<number | undefined>;
  stacks(region: string): Promise<DeployedStack[]>;
  resources(region: string, stack: DeployedStack): Promise<StackResource[]>;
  leftByDeletion(region: string): Promise<StackResource[]>;
  remains(place: Place): Promise<Remains>;
}

/** What a command does with it. */
export interface Tools {
  /** @throws WildRydesError NOT_FOUND */
  insistOnCdk(): void;
  /** @throws WildRydesError NOT_FOUND */
  insistOnJava(): Promise<void>;
  /** @returns path of the aggregation's Jar, which is built if it is not yet */
  jar(): Promise<string>;
  /** @returns the exit status of cdk */
  cdk(request: Omit<CdkRequest, 'target' | 'colours'>): Promise<number>;
  /** Starts the application; one that runs is left to run. */
  startAggregation(region: string, application: string): Promise<void>;
  /** Stops the application without a snapshot; one that is stopped, or not there, needs nothing. */
  stopAggregation(region: string, application: string): Promise<void>;
  emptyBucket(region: string, bucket: string): Promise<Emptied>;
}

/** Who types the command. */
export interface Person {
  /** Whether somebody is there who can answer. */
  readonly answers: boolean;
  /** Asks on the terminal. */
  saysYes(question: string): Promise<boolean>;
  /** Says what goes on, a line. */
  tell(line: string): void;
  /** Gives the result: one JSON object, or lines. */
  print(value: unknown, lines: readonly string[]): void;
}

/** Everything that a command works with: a test brings its own. */
export interface World {
  readonly account: Account;
  readonly tools: Tools;
  readonly person: Person;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}
