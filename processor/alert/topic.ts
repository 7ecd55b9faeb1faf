import { PublishCommand, type PublishCommandOutput } from '@aws-sdk/client-sns';
import { type Effort, insist } from '../resend.ts';

/** What is used of an SNS client. */
export interface Publishes {
  send(command: PublishCommand, options: { abortSignal: AbortSignal }): Promise<PublishCommandOutput>;
}

/** Publishes a message. @throws what SNS or the way there threw */
export type Publish = (message: string, effort: Effort) => Promise<void>;

/** The topic `wildrydes-alerts`. */
export function createTopic(options: { readonly client: Publishes; readonly topicArn: string }): Publish {
  const { client, topicArn } = options;
  return async (message, effort) => {
    const command = new PublishCommand({ TopicArn: topicArn, Message: message });
    await insist(effort, (abortSignal) => client.send(command, { abortSignal }));
  };
}
