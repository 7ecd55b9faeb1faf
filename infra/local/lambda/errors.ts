import { ServiceError } from '../protocol/errors.ts';
import { functionArn } from './identity.ts';

/** An answer other than success, in Lambda's words. */
export class LambdaError extends ServiceError {
  /** Of TooManyRequestsException. */
  readonly reason: string | undefined;

  constructor(status: number, type: string, message: string, reason?: string) {
    super(type, message, status);
    this.reason = reason;
  }
}

export function invalidParameter(message: string): LambdaError {
  return new LambdaError(400, 'InvalidParameterValueException', message);
}

export function conflict(message: string): LambdaError {
  return new LambdaError(409, 'ResourceConflictException', message);
}

export function notFound(message: string): LambdaError {
  return new LambdaError(404, 'ResourceNotFoundException', message);
}

/** @param qualifier a version or an alias; absent or `$LATEST`: none is told */
export function functionNotFound(functionName: string, qualifier?: string): LambdaError {
  return notFound(`Function not found: ${functionArn(functionName, qualifier)}`);
}

/** @param operations whose answers tell the latest RevisionId */
export function revisionMismatch(operations: 'GetFunction/GetAlias' | 'GetPolicy'): LambdaError {
  const message = `The Revision Id provided does not match the latest Revision Id. Call the ${operations} API to retrieve the latest Revision Id`;
  return new LambdaError(412, 'PreconditionFailedException', message);
}

/** The function has as many invocations under way as its reserved concurrency allows. */
export function throttled(): LambdaError {
  const reason = 'ReservedFunctionConcurrentInvocationLimitExceeded';
  return new LambdaError(429, 'TooManyRequestsException', 'Rate Exceeded.', reason);
}
