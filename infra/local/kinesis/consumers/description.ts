import type { Consumer } from './consumers.ts';

/**
 * How the API writes a consumer. It is ACTIVE from its registration to its end.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Consumer.html
 */
export function describeConsumer({ consumerName, consumerArn, createdAt }: Consumer): object {
  return {
    ConsumerName: consumerName,
    ConsumerARN: consumerArn,
    ConsumerStatus: 'ACTIVE',
    ConsumerCreationTimestamp: createdAt,
  };
}
