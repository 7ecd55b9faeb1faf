import { LOCAL } from '../../../telemetry/topology.ts';
import type { Documents } from '../documents.ts';
import { invalidParameter, notFound } from './errors.ts';
import type { Tag } from './tags.ts';

export interface Topic {
  readonly name: string;
  /** As given at creation or set since. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Absent for a topic from before there were tags. */
  readonly tags?: readonly Tag[];
}

/** By name. Every region of the local cloud sees the same ones. */
export type TopicStore = Documents<Topic>;

export function topicArn(name: string): string {
  return `arn:aws:sns:${LOCAL.region}:${LOCAL.accountId}:${name}`;
}

/**
 * The topic of an ARN, whatever the region and the account in it.
 *
 * @throws SnsError InvalidParameter when it is no topic's ARN, NotFound when there is no such topic
 */
export function topicOf(topics: TopicStore, parameter: string, arn: string | null): Topic {
  const topic = topics.get(topicNameOf(parameter, arn));
  if (topic === undefined) throw notFound('Topic');
  return topic;
}

/**
 * The name in a topic's ARN, whether or not there is such a topic.
 *
 * @throws SnsError InvalidParameter when it is no topic's ARN
 */
export function topicNameOf(parameter: string, arn: string | null): string {
  const [scheme, partition, service, region, account, name, ...more] = (arn ?? '').split(':');
  if (scheme === 'arn' && partition && service === 'sns' && region && account && name && more.length === 0) {
    return name;
  }
  const parts = (arn ?? '').split(':').length;
  throw invalidParameter(`${parameter} Reason: An ARN must have at least 6 elements, not ${parts}`);
}
