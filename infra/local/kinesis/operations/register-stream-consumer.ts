import { describeConsumer } from '../consumers/description.ts';
import { CONSUMER_NAME } from '../consumers/naming.ts';
import { KinesisError } from '../errors.ts';
import { namedStream, operation, STREAM_ARN } from '../operation.ts';
import { consumerOwner } from '../taggable.ts';
import { TAGS, withTags } from '../tags.ts';

/** Consumers of one stream. */
const MOST = 20;

/**
 * Registers a consumer with a stream, ACTIVE at once, so that there are never five that are being created.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html
 */
export const registerStreamConsumer = operation(
  {
    StreamARN: { ...STREAM_ARN, required: true },
    ConsumerName: { ...CONSUMER_NAME, required: true },
    Tags: TAGS,
  },
  (input, context) => {
    const stream = namedStream({ StreamName: undefined, StreamARN: input.StreamARN }, context);
    const { consumers, accountId } = context;
    const { ConsumerName, Tags = {} } = input;
    const where = `under stream ${stream.streamName} and account ${accountId}`;
    if (consumers.named(stream, ConsumerName) !== undefined) {
      throw new KinesisError('ResourceInUseException', `Consumer ${ConsumerName} ${where} already exists.`);
    }
    if (consumers.of(stream).length >= MOST) {
      throw new KinesisError(
        'LimitExceededException',
        `At most ${MOST} consumers may be registered ${where}.`,
      );
    }
    const tags = withTags([], Tags, consumerOwner(ConsumerName, stream, context));
    return { Consumer: describeConsumer(consumers.register(stream, ConsumerName, tags)) };
  },
  `A consumer is ACTIVE at once. A stream takes ${MOST}, on demand too: the 50 of On-demand Advantage are not offered.`,
);
