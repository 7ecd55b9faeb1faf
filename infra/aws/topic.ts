import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { KitStack } from './kit-stack.ts';

/**
 * A topic that takes messages over TLS only, and tells the settings' address of them if there is one. Not encrypted with the
 * service's key: alarms could not publish to it then.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 *
 * @param name the kit's name for it
 */
export function topicFor(stack: KitStack, name: string, displayName: string): Topic {
  const topic = new Topic(stack, `Topic-${name}`, {
    topicName: stack.names.of(name),
    displayName,
    enforceSSL: true,
  });
  const { alertEmail } = stack.settings;
  if (alertEmail !== undefined) topic.addSubscription(new EmailSubscription(alertEmail));
  return topic;
}
