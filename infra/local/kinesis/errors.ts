import { ServiceError } from '../protocol/errors.ts';

/**
 * An answer other than success, in the service's own shape.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html and each operation's Errors.
 */
export class KinesisError extends ServiceError {
  declare readonly type: KinesisErrorType;

  constructor(type: KinesisErrorType, message: string) {
    super(type, message, STATUS[type]);
  }
}

/** HTTP status of each exception. */
const STATUS = {
  DryRunOperationException: 400,
  ExpiredIteratorException: 400,
  ExpiredNextTokenException: 400,
  InternalFailure: 500,
  InvalidArgumentException: 400,
  LimitExceededException: 400,
  ProvisionedThroughputExceededException: 400,
  ResourceInUseException: 400,
  ResourceNotFoundException: 400,
  ValidationException: 400,
} as const;

export type KinesisErrorType = keyof typeof STATUS;

export function invalidArgument(message: string): KinesisError {
  return new KinesisError('InvalidArgumentException', message);
}

export function streamNotFound(streamName: string, accountId: string): KinesisError {
  return new KinesisError(
    'ResourceNotFoundException',
    `Stream ${streamName} under account ${accountId} not found.`,
  );
}

export function shardNotFound(shardId: string, streamName: string, accountId: string): KinesisError {
  return new KinesisError(
    'ResourceNotFoundException',
    `Shard ${shardId} in stream ${streamName} under account ${accountId} does not exist`,
  );
}

/** What operations that change or look up a shard say; those that read one say `shardNotFound`. */
export function shardUnknown(shard: string, streamName: string, accountId: string): KinesisError {
  return new KinesisError(
    'ResourceNotFoundException',
    `Could not find shard ${shard} in stream ${streamName} under account ${accountId}.`,
  );
}

/**
 * What is said when a shard's limits are exceeded, of a request or of one record in it.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html#API_PutRecords_Examples
 */
export function rateExceeded(shardId: string, streamName: string, accountId: string): KinesisError {
  return new KinesisError(
    'ProvisionedThroughputExceededException',
    `Rate exceeded for shard ${shardId} in stream ${streamName} under account ${accountId}.`,
  );
}

/** Said when a record could not be stored or read back: the client may try again. */
export function internalFailure(message: string): KinesisError {
  return new KinesisError('InternalFailure', message);
}
