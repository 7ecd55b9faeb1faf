import type { Rule } from '../protocol/validation.ts';
import { consumerByArn } from './consumers/naming.ts';
import { type Context, type NamedStream, namedStream } from './operation.ts';
import type { Tags } from './store/settings.ts';
import type { StoredStream } from './store/stream.ts';
import type { TagOwner } from './tags.ts';

/** ARN of a stream, or of a consumer of one: `…:stream/NAME/consumer/NAME:TIME`. */
export const RESOURCE_ARN = {
  type: 'String',
  required: true,
  pattern: 'arn:aws.*:kinesis:.*:\\d{12}:.*stream/\\S+',
  min: 1,
  max: 2048,
} as const satisfies Rule;

/** Whatever has tags. */
export interface Taggable {
  readonly owner: TagOwner;
  readonly tags: Tags;
  /** Replaces its tags, on disk too. */
  keep(tags: Tags): void;
}

/**
 * The stream or the consumer that an ARN names.
 *
 * @throws KinesisError ResourceNotFoundException
 */
export function taggable(resourceArn: string, context: Context): Taggable {
  if (/:stream\/[^/]+\/consumer\//.test(resourceArn)) return taggableConsumer(resourceArn, context);
  return taggableStream({ StreamName: undefined, StreamARN: resourceArn }, context);
}

/** The stream that a request names, as something with tags. */
export function taggableStream(input: NamedStream, context: Context): Taggable {
  const stream = namedStream(input, context);
  return {
    owner: { kind: 'stream', title: `${stream.streamName} under account ${context.accountId}` },
    tags: stream.settings.tags,
    keep: (tags) => stream.change({ settings: { tags } }),
  };
}

function taggableConsumer(consumerArn: string, context: Context): Taggable {
  const { stream, consumer } = consumerByArn(consumerArn, context);
  return {
    owner: consumerOwner(consumer.consumerName, stream, context),
    tags: consumer.tags,
    keep: (tags) => context.consumers.retag(stream, consumer, tags),
  };
}

export function consumerOwner(consumerName: string, stream: StoredStream, { accountId }: Context): TagOwner {
  return {
    kind: 'consumer',
    title: `${consumerName} under stream ${stream.streamName} and account ${accountId}`,
  };
}
