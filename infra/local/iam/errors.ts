import { ServiceError } from '../protocol/errors.ts';

/*
 * Requests at fault, in IAM's words and with its status codes.
 * Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html#API_CreateRole_Errors and each operation's page.
 */

export function noSuchEntity(message: string): ServiceError {
  return new ServiceError('NoSuchEntity', message, 404);
}

export function alreadyExists(message: string): ServiceError {
  return new ServiceError('EntityAlreadyExists', message, 409);
}

export function deleteConflict(message: string): ServiceError {
  return new ServiceError('DeleteConflict', message, 409);
}

export function limitExceeded(message: string): ServiceError {
  return new ServiceError('LimitExceeded', message, 409);
}

export function malformedPolicy(message: string): ServiceError {
  return new ServiceError('MalformedPolicyDocument', message);
}

export function invalidInput(message: string): ServiceError {
  return new ServiceError('InvalidInput', message);
}

export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}
