import { ServiceError } from '../protocol/errors.ts';

/**
 * Names of the answers other than success, each with status 400.
 * Source: the Errors of each operation, https://docs.aws.amazon.com/managed-flink/latest/apiv2/API_Operations.html
 */
export type AnalyticsErrorType =
  | 'ConcurrentModificationException'
  | 'InvalidApplicationConfigurationException'
  | 'InvalidArgumentException'
  | 'InvalidRequestException'
  | 'LimitExceededException'
  | 'ResourceInUseException'
  | 'ResourceNotFoundException'
  | 'TooManyTagsException'
  | 'UnsupportedOperationException'
  | 'ValidationException';

/** An answer other than success. AWS documents the names only: the words are ours. */
export class AnalyticsError extends ServiceError {
  declare readonly type: AnalyticsErrorType;

  constructor(type: AnalyticsErrorType, message: string) {
    super(type, message);
  }
}

export function invalidArgument(message: string): AnalyticsError {
  return new AnalyticsError('InvalidArgumentException', message);
}

/** What cannot be done in the state that the application is in. @param allowed states in which it can be */
export function inUse(name: string, status: string, allowed: readonly string[]): AnalyticsError {
  return new AnalyticsError(
    'ResourceInUseException',
    `Application ${name} must be ${allowed.join(' or ')} for this operation (given ${status}).`,
  );
}

export function notFound(what: string): AnalyticsError {
  return new AnalyticsError('ResourceNotFoundException', `${what} does not exist.`);
}
