import { WildRydesError } from '../../../telemetry/errors.ts';
import type { ApiRequest, ApiResponse, RequestHead } from '../gateway/service.ts';
import { ServiceError } from '../protocol/errors.ts';
import type { Described } from '../protocol/operation.ts';
import { LambdaError } from './errors.ts';
import type { MappingOperation } from './mapping-operation.ts';
import { NOT_OFFERED } from './not-offered.ts';
import { type Context, json, type Operation, parsedBody } from './operation.ts';
import { addPermission } from './operations/add-permission.ts';
import { createEventSourceMapping } from './operations/create-event-source-mapping.ts';
import { createFunction } from './operations/create-function.ts';
import { deleteEventSourceMapping } from './operations/delete-event-source-mapping.ts';
import { deleteFunction } from './operations/delete-function.ts';
import { deleteFunctionConcurrency } from './operations/delete-function-concurrency.ts';
import { getAccountSettings } from './operations/get-account-settings.ts';
import { getEventSourceMapping } from './operations/get-event-source-mapping.ts';
import { getArchive, getFunction } from './operations/get-function.ts';
import { getFunctionConcurrency } from './operations/get-function-concurrency.ts';
import { getFunctionConfiguration } from './operations/get-function-configuration.ts';
import { getPolicy } from './operations/get-policy.ts';
import { invoke } from './operations/invoke.ts';
import { listEventSourceMappings } from './operations/list-event-source-mappings.ts';
import { listFunctions } from './operations/list-functions.ts';
import { listTags } from './operations/list-tags.ts';
import { listVersionsByFunction } from './operations/list-versions-by-function.ts';
import { publishVersion } from './operations/publish-version.ts';
import { putFunctionConcurrency } from './operations/put-function-concurrency.ts';
import { removePermission } from './operations/remove-permission.ts';
import { tagResource } from './operations/tag-resource.ts';
import { untagResource } from './operations/untag-resource.ts';
import { updateEventSourceMapping } from './operations/update-event-source-mapping.ts';
import { updateFunctionCode } from './operations/update-function-code.ts';
import { updateFunctionConfiguration } from './operations/update-function-configuration.ts';

interface Route {
  readonly operation: string;
  readonly method: string;
  readonly path: RegExp;
  /** Absent: this cloud does not offer the operation. */
  readonly answer?: Operation;
}

const FUNCTIONS = '/2015-03-31/functions';
const FUNCTION = `${FUNCTIONS}/:FunctionName`;
const MAPPINGS = '/2015-03-31/event-source-mappings';
const TAGS = '/2017-03-31/tags/:Resource';

/**
 * Lambda's REST API. A new operation is a file in operations/ and a line here, and no more in not-offered.ts; those without
 * an answer are here so that the refusal can name them.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
 */
const ROUTES: readonly Route[] = [
  route('ListFunctions', 'GET', FUNCTIONS, listFunctions),
  route('CreateFunction', 'POST', FUNCTIONS, createFunction),
  route('GetFunction', 'GET', FUNCTION, getFunction),
  route('DeleteFunction', 'DELETE', FUNCTION, deleteFunction),
  route('GetFunctionConfiguration', 'GET', `${FUNCTION}/configuration`, getFunctionConfiguration),
  route('UpdateFunctionConfiguration', 'PUT', `${FUNCTION}/configuration`, updateFunctionConfiguration),
  route('UpdateFunctionCode', 'PUT', `${FUNCTION}/code`, updateFunctionCode),
  route('PublishVersion', 'POST', `${FUNCTION}/versions`, publishVersion),
  route('ListVersionsByFunction', 'GET', `${FUNCTION}/versions`, listVersionsByFunction),
  route('Invoke', 'POST', `${FUNCTION}/invocations`, invoke),
  route('AddPermission', 'POST', `${FUNCTION}/policy`, addPermission),
  route('RemovePermission', 'DELETE', `${FUNCTION}/policy/:StatementId`, removePermission),
  route('GetPolicy', 'GET', `${FUNCTION}/policy`, getPolicy),
  route(
    'PutFunctionConcurrency',
    'PUT',
    '/2017-10-31/functions/:FunctionName/concurrency',
    putFunctionConcurrency,
  ),
  route(
    'DeleteFunctionConcurrency',
    'DELETE',
    '/2017-10-31/functions/:FunctionName/concurrency',
    deleteFunctionConcurrency,
  ),
  route(
    'GetFunctionConcurrency',
    'GET',
    '/2019-09-30/functions/:FunctionName/concurrency',
    getFunctionConcurrency,
  ),
  route('GetAccountSettings', 'GET', '/2016-08-19/account-settings', getAccountSettings),
  route('ListTags', 'GET', TAGS, listTags),
  route('TagResource', 'POST', TAGS, tagResource),
  route('UntagResource', 'DELETE', TAGS, untagResource),
  ofMappings('ListEventSourceMappings', 'GET', MAPPINGS, listEventSourceMappings),
  ofMappings('CreateEventSourceMapping', 'POST', MAPPINGS, createEventSourceMapping),
  ofMappings('GetEventSourceMapping', 'GET', `${MAPPINGS}/:UUID`, getEventSourceMapping),
  ofMappings('UpdateEventSourceMapping', 'PUT', `${MAPPINGS}/:UUID`, updateEventSourceMapping),
  ofMappings('DeleteEventSourceMapping', 'DELETE', `${MAPPINGS}/:UUID`, deleteEventSourceMapping),
  ...NOT_OFFERED.map(([operation, method, path]) => route(operation, method, path)),
];

/** Not an operation of AWS's: what GetFunction's link leads to. */
const ARCHIVE = route('', 'GET', '/snapshots/:Sha256', getArchive);

/** @param path with `:NAME` for what it names */
function route(operation: string, method: string, path: string, answer?: Operation): Route {
  const pattern = new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}/?$`);
  return { operation, method, path: pattern, ...(answer === undefined ? {} : { answer }) };
}

/** Operations on mappings are apart from HTTP. */
function ofMappings(operation: string, method: string, path: string, run: MappingOperation): Route {
  const answer: Operation = (request, { mappings }) => {
    const { names, query } = request;
    const { status, body } = run({ uuid: names.UUID ?? '', query, body: parsedBody(request) }, mappings);
    return json(body, status);
  };
  return route(
    operation,
    method,
    path,
    run.differs === undefined ? answer : Object.assign(answer, { differs: run.differs }),
  );
}

/** What is offered, by name. */
export const OPERATIONS: ReadonlyMap<string, Described> = new Map(
  ROUTES.flatMap(({ operation, answer }) => (answer === undefined ? [] : [[operation, answer] as const])),
);

/** Makes the service's request handler. It never throws for bad input. */
export function createLambdaApi(
  context: Context,
  log: (line: string) => void,
): (request: ApiRequest) => Promise<ApiResponse> {
  return async (request) => {
    const mark = request.path.indexOf('?');
    const path = mark < 0 ? request.path : request.path.slice(0, mark);
    const query = new URLSearchParams(mark < 0 ? '' : request.path.slice(mark + 1));
    const found = routeOf(request.method, path);
    const operation = found?.operation ?? `${request.method} ${path}`;
    try {
      if (found?.answer === undefined) {
        throw new ServiceError(
          'UnsupportedOperationException',
          `The local Lambda does not offer ${operation}.`,
        );
      }
      return await found.answer({ ...request, query, names: namesIn(found, path) }, context);
    } catch (error) {
      return refuse(error instanceof ServiceError ? error : unexpected(error, operation, log));
    }
  };
}

/** The name of the operation that a request is for; '' for none. */
export function nameOfOperation({ method, path }: RequestHead): string {
  return routeOf(method, path.split('?', 1)[0]!)?.operation ?? '';
}

function routeOf(method: string, path: string): Route | undefined {
  return [...ROUTES, ARCHIVE].find((each) => each.method === method && each.path.test(path));
}

/** @throws ServiceError when it is not well encoded */
function namesIn({ path: pattern }: Route, path: string): Record<string, string> {
  try {
    const named = Object.entries(pattern.exec(path)?.groups ?? {});
    return Object.fromEntries(named.map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    throw new ServiceError('InvalidRequestContentException', `The path is not well encoded (given ${path})`);
  }
}

/** What is no fault of the client's. A full disk is told as it is; anything else is ours, and logged with its stack. */
function unexpected(error: unknown, operation: string, log: (line: string) => void): ServiceError {
  const known = error instanceof WildRydesError;
  log(
    `lambda: ${operation}: ${known ? error.message : error instanceof Error ? error.stack : String(error)}`,
  );
  const message = known ? error.message : 'An error occurred and the request cannot be processed.';
  return new ServiceError('ServiceException', message, 500);
}

/** An error in Lambda's shape: the type in a header, the message under both spellings that its exceptions use. */
function refuse(error: ServiceError): ApiResponse {
  const { status, type, message } = error;
  const reason = error instanceof LambdaError && error.reason !== undefined ? { Reason: error.reason } : {};
  return {
    status,
    headers: { 'Content-Type': 'application/json', 'x-amzn-ErrorType': type },
    body: JSON.stringify({ ...reason, Type: status < 500 ? 'User' : 'Service', Message: message, message }),
  };
}
