import { LOCAL } from '../../../telemetry/topology.ts';
import type { ApiResponse } from '../gateway/service.ts';
import { type Described, jsonOperation } from '../protocol/operation.ts';
import type { Input, Rule, Shape } from '../protocol/validation.ts';
import type { Consumers } from './consumers/consumers.ts';
import type { Payloads } from './consumers/event-stream.ts';
import type { Subscriptions } from './consumers/subscriptions.ts';
import { invalidArgument, shardUnknown, streamNotFound } from './errors.ts';
import type { Gate } from './gate.ts';
import { shardIdOf } from './sequence-number.ts';
import type { StoredStream } from './store/stream.ts';
import type { Streams } from './store/streams.ts';
import type { Tokens } from './tokens.ts';

/** What an operation works with. */
export interface Context {
  readonly streams: Streams;
  readonly tokens: Tokens;
  readonly consumers: Consumers;
  readonly subscriptions: Subscriptions;
  readonly accountId: string;
  /** Region that the request was signed for. */
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: (line: string) => void;
  /** What stands before the shards, if anything does. */
  readonly gate: Gate | undefined;
  /** How this client is written events. */
  readonly payloads: Payloads;
}

/**
 * One operation of the API. It answers at once, so that no other request sees it half done: with JSON, or with events that
 * have only begun.
 */
export interface Operation extends Described {
  (body: unknown, context: Context): string | ApiResponse;
}

/** An operation from its validation and its action; the action's result is the answer, undefined an empty one. */
export function operation<const S extends Shape>(
  validation: S,
  act: (input: Input<S>, context: Context) => object | undefined,
  differs?: string,
): Operation {
  return jsonOperation(validation, act, differs) as Operation;
}

export const STREAM_NAME = {
  type: 'String',
  pattern: '[a-zA-Z0-9_.-]+',
  min: 1,
  max: 128,
} as const satisfies Rule;

export const STREAM_ARN = {
  type: 'String',
  pattern: 'arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+',
  min: 1,
  max: 2048,
} as const satisfies Rule;

export const SHARD_ID = {
  type: 'String',
  pattern: '[a-zA-Z0-9_.-]+',
  min: 1,
  max: 128,
} as const satisfies Rule;

export const SEQUENCE_NUMBER = {
  type: 'String',
  pattern: '0|([1-9]\\d{0,128})',
} as const satisfies Rule;

export const NEXT_TOKEN = { type: 'String', min: 1, max: 1_048_576 } as const satisfies Rule;

/** The members that name a stream, in the order in which AWS tells of them. */
export const STREAM = { StreamName: STREAM_NAME, StreamARN: STREAM_ARN } as const satisfies Shape;

export interface NamedStream {
  readonly StreamName: string | undefined;
  readonly StreamARN: string | undefined;
}

/**
 * The stream that a request names, by name, by ARN, or by both if they agree. The local cloud has one namespace for
 * all regions, so an ARN's region is not looked at; its account is.
 *
 * @throws KinesisError InvalidArgumentException if neither is given or they differ, ResourceNotFoundException
 */
export function namedStream(input: NamedStream, context: Context): StoredStream {
  const { streamName, accountId } = identityOf(input);
  const stream = accountId === context.accountId ? context.streams.get(streamName) : undefined;
  if (stream === undefined) throw streamNotFound(streamName, accountId);
  return stream;
}

/** Name and account of the stream that a request names, whether or not there is one. */
export function identityOf(input: NamedStream): {
  readonly streamName: string;
  readonly accountId: string;
} {
  const { StreamName, StreamARN } = input;
  if (StreamARN === undefined) {
    if (StreamName === undefined) throw invalidArgument('Missing StreamName or StreamARN.');
    return { streamName: StreamName, accountId: LOCAL.accountId };
  }
  const [, accountId = '', streamName = ''] = /:(\d{12}):stream\/(\S+)$/.exec(StreamARN) ?? [];
  if (StreamName !== undefined && StreamName !== streamName) {
    throw invalidArgument(
      `StreamName and StreamARN must name the same stream (given ${StreamName} and ${StreamARN}).`,
    );
  }
  return { streamName, accountId };
}

/**
 * The id of the shard that a request names: AWS takes `shardId-3`, and even `3`, for shardId-000000000003.
 *
 * @throws KinesisError ResourceNotFoundException for what cannot be a shard's name
 */
export function namedShardId(given: string, streamName: string, { accountId }: Context): string {
  const number = Number(/^(?:[^-]*-)?(\d{1,12})$/.exec(given)?.[1] ?? Number.NaN);
  if (number <= 2_147_483_647) return shardIdOf(number);
  throw shardUnknown(given, streamName, accountId);
}
