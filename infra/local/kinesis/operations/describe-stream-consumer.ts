import { describeConsumer } from '../consumers/description.ts';
import { CONSUMER, namedConsumer } from '../consumers/naming.ts';
import { operation } from '../operation.ts';

/**
 * A consumer, by its ARN or by its stream and name.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeStreamConsumer.html
 */
export const describeStreamConsumer = operation(CONSUMER, (input, context) => {
  const { stream, consumer } = namedConsumer(input, context);
  return { ConsumerDescription: { ...describeConsumer(consumer), StreamARN: stream.streamArn } };
});
