import { ServiceError } from '../../protocol/errors.ts';

/**
 * What DynamoDB Streams refuses a request with, under the names that its answers carry.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html#API_streams_GetRecords_Errors
 */
export function invalid(message: string): ServiceError {
  return new ServiceError('com.amazon.coral.validate#ValidationException', message);
}

export function streamNotFound(streamArn: string): ServiceError {
  return notFound(`Stream: ${streamArn} not found`);
}

export function shardNotFound(shardId: string, streamArn: string): ServiceError {
  return notFound(`Shard: ${shardId} in Stream: ${streamArn} not found`);
}

export function trimmed(): ServiceError {
  return new ServiceError(
    'com.amazonaws.dynamodb.streams.v20120810#TrimmedDataAccessException',
    'The data you are trying to access has been trimmed.',
  );
}

export function expired(): ServiceError {
  return new ServiceError(
    'com.amazonaws.dynamodb.streams.v20120810#ExpiredIteratorException',
    'The shard iterator has expired: it must be used within 15 minutes, and while the same local cloud runs.',
  );
}

function notFound(what: string): ServiceError {
  return new ServiceError(
    'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
    `Requested resource not found: ${what}`,
  );
}
