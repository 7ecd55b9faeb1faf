import { join } from 'node:path';
import type { Notification } from '../control/api.ts';
import { openDocuments } from '../documents.ts';
import type { Service } from '../gateway/service.ts';
import { createQueryService } from '../protocol/query-service.ts';
import type { Context, Operation } from './operation.ts';
import { createTopic } from './operations/create-topic.ts';
import { deleteTopic } from './operations/delete-topic.ts';
import { getTopicAttributes } from './operations/get-topic-attributes.ts';
import { listTopics } from './operations/list-topics.ts';
import { publish } from './operations/publish.ts';
import type { Topic } from './topics.ts';

export interface SnsOptions {
  /** State folder, created if missing; null: in memory. */
  readonly folder: string | null;
  /** Told of faults, which the client sees as InternalError. */
  readonly log?: (line: string) => void;
}

export interface SnsService extends Service {
  /** Calls `listener` for each message published from now on, before its publisher is answered. Returns how to end that. */
  onPublish(listener: (notification: Notification) => void): () => void;
}

/** A new operation is a file in operations/ and a line here. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ['CreateTopic', createTopic],
  ['DeleteTopic', deleteTopic],
  ['GetTopicAttributes', getTopicAttributes],
  ['ListTopics', listTopics],
  ['Publish', publish],
]);

const VERSION = '2010-03-31';

/**
 * SNS: topics, and messages passed on to whoever listens in this process.
 *
 * @throws WildRydesError STATE_CORRUPT when the topics of the folder cannot be read
 */
export function createSns({ folder, log = () => {} }: SnsOptions): SnsService {
  const topics = openDocuments<Topic>({
    file: folder === null ? null : join(folder, 'topics.json'),
    what: 'topics',
  });
  const listeners = new Set<(notification: Notification) => void>();
  const context: Context = {
    topics,
    publish(notification: Notification) {
      for (const listener of listeners) listener(notification);
    },
  };
  const service = createQueryService<Context>({
    title: 'SNS',
    signingName: 'sns',
    version: VERSION,
    namespace: `http://sns.amazonaws.com/doc/${VERSION}/`,
    // A message of 256 KiB, every byte of it percent-encoded, and room for the rest.
    maxBody: 1024 * 1024,
    operations: OPERATIONS,
    context: () => context,
    log,
  });
  return {
    ...service,
    onPublish(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
