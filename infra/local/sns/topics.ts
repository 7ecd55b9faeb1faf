import { LOCAL } from '../../../telemetry/topology.ts';
import type { Documents } from '../documents.ts';
import { invalidParameter, SnsError } from './errors.ts';

export interface Topic {
  readonly name: string;
  /** As given at creation. */
  readonly attributes: Readonly<Record<string, string>>;
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
  const [scheme, partition, service, region, account, name, ...more] = (arn ?? '').split(':');
  const isArn =
    scheme === 'arn' && partition && service === 'sns' && region && account && name && more.length === 0;
  if (!isArn) {
    const parts = (arn ?? '').split(':').length;
    throw invalidParameter(`${parameter} Reason: An ARN must have at least 6 elements, not ${parts}`);
  }
  const topic = topics.get(name);
  if (topic === undefined) throw new SnsError(404, 'NotFound', 'Topic does not exist');
  return topic;
}
