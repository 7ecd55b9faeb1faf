import { CONSUMER, consumerNotFound, namedConsumer } from '../consumers/naming.ts';
import { operation } from '../operation.ts';

/**
 * Deregisters a consumer, at once: no DELETING in between. Its subscriptions end with ResourceNotFoundException.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeregisterStreamConsumer.html
 */
export const deregisterStreamConsumer = operation(
  CONSUMER,
  (input, context) => {
    const { stream, consumer } = namedConsumer(input, context);
    context.consumers.deregister(stream, consumer);
    context.subscriptions.endOf(
      consumer,
      consumerNotFound(consumer.consumerName, stream.streamName, context.accountId),
    );
    return undefined;
  },
  'A consumer is gone at once.',
);
