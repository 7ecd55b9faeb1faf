import { CreateTopicCommand, DeleteTopicCommand, paginateListTopics } from '@aws-sdk/client-sns';
import type { Workbench } from '../workbench.ts';

/**
 * Creates a topic; one that is there is left as it is.
 *
 * @returns the topic's ARN
 */
export async function ensureTopic(at: Workbench, name: string): Promise<string> {
  const { TopicArn = '' } = await at.sns.send(new CreateTopicCommand({ Name: name }));
  return TopicArn;
}

/** The ARN of the topic of that name; undefined when there is none. */
export async function topicArnOf(at: Workbench, name: string): Promise<string | undefined> {
  for await (const { Topics = [] } of paginateListTopics({ client: at.sns }, {})) {
    const found = Topics.find(({ TopicArn }) => TopicArn?.endsWith(`:${name}`));
    if (found !== undefined) return found.TopicArn;
  }
  return undefined;
}

/** Deletes a topic with its subscriptions; what is not there is passed over. */
export async function removeTopic(at: Workbench, name: string): Promise<void> {
  const TopicArn = await topicArnOf(at, name);
  if (TopicArn !== undefined) await at.sns.send(new DeleteTopicCommand({ TopicArn }));
}
