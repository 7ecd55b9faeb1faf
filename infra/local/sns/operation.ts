import type { QueryOperation } from '../protocol/query-service.ts';
import type { Mailbox } from './mailbox.ts';
import type { Message } from './message.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { TopicStore } from './topics.ts';

/** What an operation works with. */
export interface Context {
  readonly topics: TopicStore;
  readonly subscriptions: Subscriptions;
  /** Keeps a message for those who subscribed to its topic, and tells it to who listens in this process. */
  readonly publish: (message: Message, topicName: string) => void;
  /** Keeps a message for subscriptions. */
  readonly send: (message: Message, to: readonly string[]) => void;
  readonly mailbox: Mailbox;
  /** Whether the request says who sent it. */
  readonly signed: boolean;
  /** Whether hosts other than this machine may subscribe. */
  readonly anywhere: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export type Operation = QueryOperation<Context>;

/** An operation that does less than AWS's. @param differs see Described */
export function differing(differs: string, operation: Operation): Operation {
  return Object.assign(operation, { differs });
}
