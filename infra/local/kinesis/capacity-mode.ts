import { invalidArgument, KinesisError } from './errors.ts';
import { type Context, type NamedStream, namedStream } from './operation.ts';
import type { StoredStream } from './store/stream.ts';

/** What operations that set or mind a stream's capacity mode share. */
export const STREAM_MODE_DETAILS = {
  type: 'Structure',
  members: { StreamMode: { type: 'String', required: true, oneOf: ['ON_DEMAND', 'PROVISIONED'] } },
} as const;

/** Throughput to be ready for; AWS has it for accounts that committed themselves to paying for some. */
export const WARM_THROUGHPUT = { type: 'Integer', min: 0 } as const;

/**
 * Streams on demand that an account may have, by default.
 * Source: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 */
export const ON_DEMAND_LIMIT = 50;

export function onDemandStreams({ streams }: Context): number {
  return streams.all().filter(({ mode }) => mode === 'ON_DEMAND').length;
}

/** @throws KinesisError LimitExceededException if the account cannot have one more */
export function insistOnRoomForOnDemand(context: Context): void {
  const count = onDemandStreams(context);
  if (count < ON_DEMAND_LIMIT) return;
  throw new KinesisError(
    'LimitExceededException',
    `This request would exceed the limit on the number of On-Demand streams for the account ${context.accountId} in ` +
      `${context.region}. Current On-Demand streams count: ${count}. Limit: ${ON_DEMAND_LIMIT}.`,
  );
}

/** @throws KinesisError InvalidArgumentException: no account of the local cloud has made the commitment */
export function refuseWarmThroughput(given: number | undefined): void {
  if (given === undefined) return;
  throw invalidArgument(
    'WarmThroughputMiBps is for accounts with MinimumThroughputBillingCommitment enabled ' +
      `(given ${given}, and the commitment is DISABLED).`,
  );
}

/**
 * The stream that a request names, for operations that only provisioned ones know.
 *
 * @throws KinesisError ValidationException if it is on demand, ResourceNotFoundException
 */
export function provisionedStream(input: NamedStream, context: Context): StoredStream {
  const stream = namedStream(input, context);
  if (stream.mode === 'PROVISIONED') return stream;
  throw new KinesisError(
    'ValidationException',
    `Request is invalid. Stream ${stream.streamName} under account ${context.accountId} is in On-Demand mode.`,
  );
}
