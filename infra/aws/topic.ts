import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { KitStack } from './kit-stack.ts';
import { allowService } from './policy.ts';

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

/**
 * Lets the alarms of this account and prefix publish to a topic. A topic that has a policy has no other: without this, the
 * alarms would be refused without a word.
 */
export function allowAlarms(topic: Topic, stack: KitStack): void {
  allowService(topic, new ServicePrincipal('cloudwatch.amazonaws.com'), {
    actions: ['sns:Publish'],
    resources: [topic.topicArn],
    reason: 'CloudWatch tells of trouble, for alarms of this account and prefix alone',
    conditions: {
      StringEquals: { 'aws:SourceAccount': stack.account },
      ArnLike: { 'aws:SourceArn': stack.arns.alarm('*') },
    },
  });
}
