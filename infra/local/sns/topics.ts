import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WildRydesError } from '../../../telemetry/errors.ts';
import { LOCAL } from '../../../telemetry/topology.ts';
import { invalidParameter, SnsError } from './errors.ts';

export interface Topic {
  readonly name: string;
  /** As given at creation. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The topics, kept in one small file. Every region of the local cloud sees the same ones. */
export interface TopicStore {
  /** In the order of their names. */
  all(): readonly Topic[];
  find(name: string): Topic | undefined;
  put(topic: Topic): void;
  /** Does nothing if there is none of that name. */
  remove(name: string): void;
}

/**
 * Opens the topics of a folder, which is created if missing. A change is on disk when `put` or `remove` returns.
 *
 * @param folder null: in memory
 * @throws WildRydesError STATE_CORRUPT
 */
export function openTopics(folder: string | null): TopicStore {
  const path = folder === null ? null : join(folder, 'topics.json');
  if (folder !== null) mkdirSync(folder, { recursive: true });
  let topics = path === null ? [] : read(path);

  const replace = (changed: readonly Topic[]) => {
    if (path !== null) writeWhole(path, `${JSON.stringify({ topics: changed }, null, 2)}\n`);
    topics = changed;
  };

  return {
    all: () => topics,
    find: (name) => topics.find((topic) => topic.name === name),
    put(topic) {
      const others = topics.filter(({ name }) => name !== topic.name);
      replace([...others, topic].sort((a, b) => (a.name < b.name ? -1 : 1)));
    },
    remove(name) {
      if (topics.some((topic) => topic.name === name)) replace(topics.filter((topic) => topic.name !== name));
    },
  };
}

export function topicArn(name: string): string {
  return `arn:aws:sns:${LOCAL.region}:${LOCAL.accountId}:${name}`;
}

/**
 * The topic of an ARN, whatever the region and the account in it.
 *
 * @throws SnsError InvalidParameter when it is no topic's ARN, NotFound when there is no such topic
 */
export function topicOf(topics: TopicStore, parameter: string, arn: string | null): Topic {
  const [scheme, partition, service, region, account, name, ...more] = (arn ?? '').split(':');
  const isArn =
    scheme === 'arn' && partition && service === 'sns' && region && account && name && more.length === 0;
  if (!isArn) {
    const parts = (arn ?? '').split(':').length;
    throw invalidParameter(`${parameter} Reason: An ARN must have at least 6 elements, not ${parts}`);
  }
  const topic = topics.find(name);
  if (topic === undefined) throw new SnsError(404, 'NotFound', 'Topic does not exist');
  return topic;
}

function read(path: string): readonly Topic[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    const { topics } = JSON.parse(text) as { topics: Topic[] };
    return topics.map(({ name, attributes }) => ({ name: String(name), attributes: { ...attributes } }));
  } catch (cause) {
    throw new WildRydesError('STATE_CORRUPT', `The topics in ${path} cannot be read`, {
      next: 'Restore that file from a copy, or remove it: the pipeline creates its topics again',
      cause,
    });
  }
}

/** Old contents or new, never half of either. */
function writeWhole(path: string, contents: string): void {
  const fresh = `${path}.new`;
  const file = openSync(fresh, 'w');
  try {
    writeFileSync(file, contents);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
}
