import type { Notification } from '../control/api.ts';
import type { QueryOperation } from '../protocol/query-service.ts';
import type { TopicStore } from './topics.ts';

/** What an operation works with. */
export interface Context {
  readonly topics: TopicStore;
  readonly publish: (notification: Notification) => void;
}

export type Operation = QueryOperation<Context>;
