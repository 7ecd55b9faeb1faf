import { ServiceError } from '../protocol/errors.ts';
import type { Described } from '../protocol/operation.ts';
import type { MappingRegistry } from './delivery/mapping-registry.ts';
import type { FunctionName } from './functions/function-name.ts';

/** What the operations on event-source mappings work with. */
export interface MappingContext {
  readonly mappings: MappingRegistry;
  readonly hasFunction: (function_: FunctionName) => boolean;
  readonly hasStream: (arn: string) => boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A request about mappings, apart from HTTP. */
export interface MappingRequest {
  /** From the path; '' where it has none. */
  readonly uuid: string;
  readonly query: URLSearchParams;
  /** As parsed; undefined if there is none. */
  readonly body: unknown;
}

/** @throws ServiceError for an answer other than success */
export interface MappingOperation extends Described {
  (request: MappingRequest, context: MappingContext): { readonly status: number; readonly body: object };
}

/** What there is no mapping for. */
export function noMapping(): ServiceError {
  return new ServiceError('ResourceNotFoundException', 'The resource you requested does not exist.', 404);
}

/** A mapping that is being changed takes no further change. @param change `update` or `delete` */
export function inUse(change: string): ServiceError {
  return new ServiceError(
    'ResourceInUseException',
    `Cannot ${change} the event source mapping because it is in use.`,
  );
}

/** @param functionName as it was given, @param uuid of the mapping there is */
export function alreadyMapped(eventSourceArn: string, functionName: string, uuid: string): ServiceError {
  return new ServiceError(
    'ResourceConflictException',
    `The event source arn (" ${eventSourceArn} ") and function (" ${functionName} ") provided mapping already exists. ` +
      `Please update or delete the existing mapping with UUID ${uuid}`,
    409,
  );
}
