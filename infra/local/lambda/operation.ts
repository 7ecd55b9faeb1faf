import type { Clock } from '../../../telemetry/clock.ts';
import type { ApiRequest, ApiResponse } from '../gateway/service.ts';
import { ServiceError } from '../protocol/errors.ts';
import type { Described } from '../protocol/operation.ts';
import { type Input, type Shape, validate } from '../protocol/validation.ts';
import type { AsynchronousInvocations } from './functions/asynchronous.ts';
import type { Functions } from './functions/functions.ts';
import type { MappingContext } from './mapping-operation.ts';

/** What operations work with. */
export interface Context {
  readonly functions: Functions;
  readonly asynchronous: AsynchronousInvocations;
  readonly mappings: MappingContext;
  readonly clock: Clock;
  /** URL of the local cloud. */
  readonly endpoint: () => string;
  /** Content of an object in S3, where a function's code may be; undefined when there is none. */
  readonly readObject: ReadObject;
  /** Whether Lambda may assume a role. */
  readonly roleTrust: (arn: string) => RoleTrust;
}

export type ReadObject = (bucket: string, key: string, version?: string) => Promise<Buffer | undefined>;
export type RoleTrust = 'missing' | 'untrusted' | 'ok';

/** One request, and what its path says. */
export interface LambdaRequest extends ApiRequest {
  /** What the path names, decoded, by the names that the API gives it: `FunctionName`. */
  readonly names: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** Answers one request. @throws ServiceError for an answer other than success */
export interface Operation extends Described {
  (request: LambdaRequest, context: Context): ApiResponse | Promise<ApiResponse>;
}

/**
 * An operation whose input is JSON, from its validation and its action. Members are looked for in the path, the query
 * and the body, as the API has them.
 *
 * @param act its result is the answer; undefined an empty body
 */
export function lambdaOperation<const S extends Shape>(
  status: number,
  validation: S,
  act: (input: Input<S>, context: Context) => object | undefined | Promise<object | undefined>,
  differs?: string,
): Operation {
  const run = async (request: LambdaRequest, context: Context): Promise<ApiResponse> => {
    const input = validate(validation, {
      ...bodyOf(request),
      ...fromQuery(validation, request.query),
      ...request.names,
    });
    const answer = await act(input, context);
    if (answer === undefined) return { status, headers: {}, body: '' };
    return json(answer, status);
  };
  return differs === undefined ? run : Object.assign(run, { differs });
}

export function json(body: unknown, status = 200): ApiResponse {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

/** The body as parsed; undefined if there is none. @throws ServiceError when it is not JSON */
export function parsedBody({ body }: ApiRequest): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw notJson(reason);
  }
}

function bodyOf(request: LambdaRequest): object {
  const body = parsedBody(request) ?? {};
  if (typeof body === 'object' && !Array.isArray(body)) return body;
  throw notJson('it must be an object');
}

function notJson(reason: string): ServiceError {
  return new ServiceError(
    'InvalidRequestContentException',
    `Could not parse request body into json: ${reason}`,
  );
}

function fromQuery(validation: Shape, query: URLSearchParams): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [member, rule] of Object.entries(validation)) {
    for (const name of [member, member.charAt(0).toLowerCase() + member.slice(1)]) {
      const value = query.get(name);
      if (value === null) continue;
      if (rule.type === 'List') found[member] = query.getAll(name);
      else found[member] = rule.type === 'Integer' && /^-?\d+$/.test(value) ? Number(value) : value;
    }
  }
  return found;
}
