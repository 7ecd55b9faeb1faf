import type { Input, Shape } from '../../protocol/validation.ts';
import { describeConsumer } from '../consumers/description.ts';
import { invalidArgument, KinesisError, streamNotFound } from '../errors.ts';
import { type Context, NEXT_TOKEN, namedStream, operation, STREAM_ARN } from '../operation.ts';
import type { StoredStream } from '../store/stream.ts';

/** Consumers in an answer, at most, and unless MaxResults says otherwise. */
const MOST = 100;

const SHAPE = {
  StreamARN: { ...STREAM_ARN, required: true },
  NextToken: NEXT_TOKEN,
  MaxResults: { type: 'Integer', min: 1, max: 10_000 },
  StreamCreationTimestamp: { type: 'Timestamp' },
} as const satisfies Shape;

/**
 * The consumers of a stream, by name, a page at a time.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreamConsumers.html
 */
export const listStreamConsumers = operation(SHAPE, (input, context) => {
  const stream = namedStream({ StreamName: undefined, StreamARN: input.StreamARN }, context);
  const after = startOf(input, stream, context);
  const rest = context.consumers.of(stream).filter(({ consumerName }) => consumerName > after);
  const page = rest.slice(0, Math.min(input.MaxResults ?? MOST, MOST));
  const last = page.length < rest.length ? page.at(-1) : undefined;
  return {
    Consumers: page.map(describeConsumer),
    ...(last === undefined ? {} : { NextToken: nextToken(stream, last.consumerName, context) }),
  };
});

/** Name of the consumer that the page before ended with; '' for the first page. */
function startOf(input: Input<typeof SHAPE>, stream: StoredStream, context: Context): string {
  const { NextToken, StreamCreationTimestamp } = input;
  if (NextToken === undefined) {
    if (StreamCreationTimestamp !== undefined && StreamCreationTimestamp !== stream.createdAt) {
      throw streamNotFound(stream.streamName, context.accountId);
    }
    return '';
  }
  if (StreamCreationTimestamp !== undefined) {
    throw invalidArgument('NextToken and StreamCreationTimestamp cannot be provided together.');
  }
  const token = context.tokens.read('consumers', NextToken);
  if (token === undefined) throw invalidArgument('NextToken is invalid.');
  if (token.expired) {
    throw new KinesisError('ExpiredNextTokenException', 'NextToken has expired: list the consumers anew.');
  }
  const [streamName, createdAt, after = ''] = token.fields;
  if (streamName !== stream.streamName || createdAt !== String(stream.createdAt)) {
    throw invalidArgument('NextToken is of another stream than StreamARN.');
  }
  return after;
}

function nextToken(stream: StoredStream, consumerName: string, { tokens }: Context): string {
  return tokens.issue('consumers', stream.streamName, stream.createdAt, consumerName);
}
