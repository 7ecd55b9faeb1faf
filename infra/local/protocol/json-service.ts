import { WildRydesError } from '../../../telemetry/errors.ts';
import type { ApiRequest, ApiResponse, Service } from '../gateway/service.ts';
import { ServiceError } from './errors.ts';
import type { JsonOperation } from './operation.ts';

export interface JsonServiceOptions<C> {
  /** As people call it: `Kinesis Data Streams`. */
  readonly title: string;
  readonly signingName: string;
  readonly targetPrefixes: readonly string[];
  /** Version of AWS JSON that it answers in. Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
  readonly version: '1.0' | '1.1';
  /** Bytes of a request's body. */
  readonly maxBody: number;
  /** A new operation is a file in operations/ and a line here. */
  readonly operations: ReadonlyMap<string, JsonOperation<C>>;
  /** What operations work with, for one request. */
  readonly context: (request: ApiRequest) => C;
  /** Code of an answer to a fault of ours. Default `InternalFailure`. */
  readonly faultCode?: string;
  readonly log: (line: string) => void;
}

/** A service that takes and gives JSON, its operation named in X-Amz-Target. */
export function createJsonService<C>(options: JsonServiceOptions<C>): Service {
  const { operations, log, title } = options;
  const headers = { 'content-type': `application/x-amz-json-${options.version}` } as const;
  const success = (answer: string | ApiResponse): ApiResponse =>
    typeof answer === 'string' ? { status: 200, headers, body: answer } : answer;

  function failure(operation: string, error: unknown): ApiResponse {
    const { status, type, message } = error instanceof ServiceError ? error : unexpected(operation, error);
    return { status, headers, body: JSON.stringify({ __type: type, message }) };
  }

  /** What is no fault of the client's. A damaged or full disk is told as it is; anything else is ours, and logged with its stack. */
  function unexpected(operation: string, error: unknown): ServiceError {
    const known = error instanceof WildRydesError;
    log(`${options.signingName}: ${operation}: ${known ? error.message : stackOf(error)}`);
    const message = known ? error.message : 'Internal service failure.';
    return new ServiceError(options.faultCode ?? 'InternalFailure', message, 500);
  }

  function unknown(operation: string): ServiceError {
    const offered = [...operations.keys()].join(', ');
    return new ServiceError(
      'UnknownOperationException',
      `The local ${title} does not offer ${operation || 'an operation without a name'}. It offers ${offered}.`,
    );
  }

  return {
    title,
    signingName: options.signingName,
    targetPrefixes: options.targetPrefixes,
    maxBody: options.maxBody,
    operations,
    handle(request) {
      try {
        const operation = operations.get(request.operation);
        if (operation === undefined) throw unknown(request.operation);
        const answer = operation(parse(request.body), options.context(request));
        if (!(answer instanceof Promise)) return success(answer);
        return answer.then(success, (error: unknown) => failure(request.operation, error));
      } catch (error) {
        return failure(request.operation, error);
      }
    },
  };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new ServiceError('SerializationException', 'The request must be one JSON object.');
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
