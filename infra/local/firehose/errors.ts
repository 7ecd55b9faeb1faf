import { LOCAL } from '../../../telemetry/topology.ts';
import { ServiceError } from '../protocol/errors.ts';

/** Source of the names: https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html and each operation's page. */
export function invalidArgument(message: string): ServiceError {
  return new ServiceError('InvalidArgumentException', message);
}

export function streamNotFound(name: string): ServiceError {
  return new ServiceError(
    'ResourceNotFoundException',
    `Firehose ${name} under account ${LOCAL.accountId} not found.`,
  );
}

export function streamExists(name: string): ServiceError {
  return new ServiceError(
    'ResourceInUseException',
    `Firehose ${name} under accountId ${LOCAL.accountId} already exists`,
  );
}

export function slowDown(): ServiceError {
  return new ServiceError('ServiceUnavailableException', 'Service Unavailable. Slow down.', 503);
}
