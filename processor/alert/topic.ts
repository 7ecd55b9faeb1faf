import {
  type MessageAttributeValue,
  PublishCommand,
  type PublishCommandInput,
  type PublishCommandOutput,
} from '@aws-sdk/client-sns';
import type { Alert } from '../../telemetry/alert.ts';
import { decodeAlert } from '../../telemetry/alert-codec.ts';
import { alertMap, alertSubject, alertText } from '../../telemetry/alert-text.ts';

/** What is used of an SNS client. */
export interface Publishes {
  send(command: PublishCommand, options: { abortSignal: AbortSignal }): Promise<PublishCommandOutput>;
}

/** Tries once to publish a message. @throws what SNS or the way there threw */
export type Publish = (message: string, abortSignal: AbortSignal) => Promise<void>;

/** The topic `wildrydes-alerts`. */
export function createTopic(options: { readonly client: Publishes; readonly topicArn: string }): Publish {
  const { client, topicArn } = options;
  return async (message, abortSignal) => {
    const alert = decodeAlert(message);
    // What an earlier version left pending is published as it wanted to.
    const content = 'ok' in alert ? { Message: message } : contentOf(message, alert);
    await client.send(new PublishCommand({ TopicArn: topicArn, ...content }), { abortSignal });
  };
}

/**
 * Mail gets the sentence and the link, everything else the JSON. The attributes are for filter policies. AWS's guide says
 * that with a message for each protocol they are not passed on to subscribers, who find all of them in the JSON.
 * Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html and
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
 */
function contentOf(message: string, alert: Alert): Omit<PublishCommandInput, 'TopicArn'> {
  return {
    Subject: alertSubject(alert),
    MessageStructure: 'json',
    Message: JSON.stringify({
      default: message,
      email: `${alertText(alert)}\n\n${alertMap(alert)}\n\nEpisode ${alert.episode}\n`,
    }),
    MessageAttributes: {
      State: text(alert.state),
      Vital: text(alert.vital),
      ...(UNFIT.test(alert.name) ? {} : { Name: text(alert.name) }),
    },
  };
}

/**
 * The two characters that a name may have and XML may not: queues refuse attributes with them.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const UNFIT = /[\ufffe\uffff]/;

function text(value: string): MessageAttributeValue {
  return { DataType: 'String', StringValue: value };
}
