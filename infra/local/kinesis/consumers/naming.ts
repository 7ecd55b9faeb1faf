import type { Rule, Shape } from '../../protocol/validation.ts';
import { invalidArgument, KinesisError } from '../errors.ts';
import { type Context, namedStream, STREAM_ARN } from '../operation.ts';
import type { StoredStream } from '../store/stream.ts';
import type { Consumer } from './consumers.ts';

export const CONSUMER_NAME = {
  type: 'String',
  pattern: '[a-zA-Z0-9_.-]+',
  min: 1,
  max: 128,
} as const satisfies Rule;

export const CONSUMER_ARN = {
  type: 'String',
  pattern: '^(arn):aws.*:kinesis:.*:\\d{12}:.*stream\\/[a-zA-Z0-9_.-]+\\/consumer\\/[a-zA-Z0-9_.-]+:[0-9]+',
  min: 1,
  max: 2048,
} as const satisfies Rule;

/** The members that name a consumer: its ARN, or its stream's ARN and its name. */
export const CONSUMER = {
  StreamARN: STREAM_ARN,
  ConsumerName: CONSUMER_NAME,
  ConsumerARN: CONSUMER_ARN,
} as const satisfies Shape;

export interface NamedConsumer {
  readonly StreamARN: string | undefined;
  readonly ConsumerName: string | undefined;
  readonly ConsumerARN: string | undefined;
}

/** A consumer and the stream that it is registered with. */
export interface Found {
  readonly stream: StoredStream;
  readonly consumer: Consumer;
}

/**
 * The consumer that a request names, by its ARN, by its stream's ARN and its name, or by all three if they agree. As
 * with streams, an ARN's region is not looked at.
 *
 * @throws KinesisError InvalidArgumentException if neither is given or they differ, ResourceNotFoundException
 */
export function namedConsumer(input: NamedConsumer, context: Context): Found {
  const { StreamARN, ConsumerName, ConsumerARN } = input;
  if (ConsumerARN === undefined) {
    if (StreamARN === undefined || ConsumerName === undefined) {
      throw invalidArgument('Either ConsumerARN, or StreamARN and ConsumerName must be given.');
    }
    return consumerByName(StreamARN, ConsumerName, context);
  }
  const found = consumerByArn(ConsumerARN, context);
  const { stream, consumer } = found;
  if (StreamARN !== undefined && namedStream({ StreamName: undefined, StreamARN }, context) !== stream) {
    throw differ('StreamARN', StreamARN, ConsumerARN);
  }
  if (ConsumerName !== undefined && ConsumerName !== consumer.consumerName) {
    throw differ('ConsumerName', ConsumerName, ConsumerARN);
  }
  return found;
}

/**
 * The consumer of an ARN.
 *
 * @throws KinesisError ResourceNotFoundException if its stream is not there, or the consumer, or only another of its name
 */
export function consumerByArn(consumerArn: string, context: Context): Found {
  const [, streamArn, consumerName = '', seconds] =
    /^(.*stream\/[^/]+)\/consumer\/([^/:]+):(\d+)$/.exec(consumerArn) ?? [];
  const stream = namedStream({ StreamName: undefined, StreamARN: streamArn }, context);
  const consumer = context.consumers.named(stream, consumerName);
  if (consumer === undefined || String(consumer.createdAt) !== seconds) {
    throw consumerNotFound(
      `${consumerName} with creation timestamp ${seconds}`,
      stream.streamName,
      context.accountId,
    );
  }
  return { stream, consumer };
}

/** In the words of AWS's message about a consumer that is not ACTIVE. */
export function consumerNotFound(consumer: string, streamName: string, accountId: string): KinesisError {
  return new KinesisError(
    'ResourceNotFoundException',
    `Consumer ${consumer} under stream ${streamName} and account ${accountId} not found.`,
  );
}

function consumerByName(StreamARN: string, consumerName: string, context: Context): Found {
  const stream = namedStream({ StreamName: undefined, StreamARN }, context);
  const consumer = context.consumers.named(stream, consumerName);
  if (consumer === undefined) throw consumerNotFound(consumerName, stream.streamName, context.accountId);
  return { stream, consumer };
}

function differ(member: string, given: string, consumerArn: string): KinesisError {
  return invalidArgument(
    `${member} and ConsumerARN must name the same consumer (given ${given} and ${consumerArn}).`,
  );
}
