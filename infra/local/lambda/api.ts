import { stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { WildRydesError } from '../../../telemetry/errors.ts';
import type { ApiRequest, ApiResponse } from '../gateway/service.ts';
import { ServiceError } from '../protocol/errors.ts';
import type { Described } from '../protocol/operation.ts';
import type { FunctionDefinition, Outcome } from './definitions.ts';
import { parseFunctionName } from './function-name.ts';
import { functionArn, logGroupName, roleArn, VERSION } from './identity.ts';
import type { MappingContext, MappingOperation } from './mapping-operation.ts';
import { createEventSourceMapping } from './operations/create-event-source-mapping.ts';
import { deleteEventSourceMapping } from './operations/delete-event-source-mapping.ts';
import { getEventSourceMapping } from './operations/get-event-source-mapping.ts';
import { listEventSourceMappings } from './operations/list-event-source-mappings.ts';
import { updateEventSourceMapping } from './operations/update-event-source-mapping.ts';

/**
 * Lambda's REST API, as far as it is served: looking at functions, Invoke, and event-source mappings.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
 */
export interface LambdaApiOptions {
  readonly functions: () => readonly FunctionDefinition[];
  readonly mappings: MappingContext;
  readonly invoke: (functionName: string, event: unknown) => Promise<Outcome>;
}

/** Answers one request. `name` is what the path names: a function or a mapping; '' for none. */
type Operation = (
  request: ApiRequest,
  name: string,
  api: LambdaApiOptions,
) => ApiResponse | Promise<ApiResponse>;

interface Route {
  readonly operation: string;
  readonly method: string;
  readonly path: RegExp;
  /** Absent: this cloud does not offer the operation. */
  readonly answer?: Operation;
  readonly differs?: string | undefined;
}

const FUNCTIONS = '/2015-03-31/functions';
const MAPPINGS = '/2015-03-31/event-source-mappings';

/** What the operations of a Lambda tutorial use; those without an answer are here so that the refusal can name them. */
const ROUTES: readonly Route[] = [
  route('ListFunctions', 'GET', `${FUNCTIONS}/?`, listFunctions),
  route('CreateFunction', 'POST', `${FUNCTIONS}/?`),
  route('GetFunction', 'GET', `${FUNCTIONS}/([^/]+)`, getFunction),
  route('DeleteFunction', 'DELETE', `${FUNCTIONS}/([^/]+)`),
  route('GetFunctionConfiguration', 'GET', `${FUNCTIONS}/([^/]+)/configuration`, getFunctionConfiguration),
  route('UpdateFunctionConfiguration', 'PUT', `${FUNCTIONS}/([^/]+)/configuration`),
  route('UpdateFunctionCode', 'PUT', `${FUNCTIONS}/([^/]+)/code`),
  route('PublishVersion', 'POST', `${FUNCTIONS}/([^/]+)/versions`),
  route('AddPermission', 'POST', `${FUNCTIONS}/([^/]+)/policy`),
  route('Invoke', 'POST', `${FUNCTIONS}/([^/]+)/invocations`, invoke),
  ofMappings('ListEventSourceMappings', 'GET', `${MAPPINGS}/?`, listEventSourceMappings),
  ofMappings('CreateEventSourceMapping', 'POST', `${MAPPINGS}/?`, createEventSourceMapping),
  ofMappings('GetEventSourceMapping', 'GET', `${MAPPINGS}/([^/]+)`, getEventSourceMapping),
  ofMappings('UpdateEventSourceMapping', 'PUT', `${MAPPINGS}/([^/]+)`, updateEventSourceMapping),
  ofMappings('DeleteEventSourceMapping', 'DELETE', `${MAPPINGS}/([^/]+)`, deleteEventSourceMapping),
];

function route(operation: string, method: string, path: string, answer?: Operation): Route {
  return { operation, method, path: new RegExp(`^${path}$`), ...(answer === undefined ? {} : { answer }) };
}

function ofMappings(operation: string, method: string, path: string, run: MappingOperation): Route {
  const answer: Operation = (request, uuid, api) => {
    const body = request.body.length === 0 ? undefined : parsedBody(request);
    const { status, body: answered } = run({ uuid, query: splitPath(request).query, body }, api.mappings);
    return { ...json(answered), status };
  };
  return { ...route(operation, method, path, answer), differs: run.differs };
}

/** What is offered, by name. */
export const OPERATIONS: ReadonlyMap<string, Described> = new Map(
  ROUTES.filter(({ answer }) => answer !== undefined).map(({ operation, differs }) => [
    operation,
    differs === undefined ? {} : { differs },
  ]),
);

/** Makes the service's request handler. It never throws for bad input. */
export function createLambdaApi(api: LambdaApiOptions): (request: ApiRequest) => Promise<ApiResponse> {
  return async (request) => {
    const { path } = splitPath(request);
    const found = ROUTES.find(({ method, path: pattern }) => method === request.method && pattern.test(path));
    if (found?.answer === undefined) {
      const operation = found?.operation ?? `${request.method} ${path}`;
      return refuse(400, 'UnsupportedOperationException', `The local Lambda does not offer ${operation}.`);
    }
    try {
      const name = decodeURIComponent(found.path.exec(path)?.[1] ?? '');
      return await found.answer(request, name, api);
    } catch (error) {
      if (error instanceof Refused) return error.response;
      if (error instanceof ServiceError) return refuse(error.status, error.type, error.message);
      // A full disk, a damaged file: told as it is.
      if (error instanceof WildRydesError) return refuse(500, 'ServiceException', error.message);
      if (error instanceof URIError) return refuse(400, 'InvalidRequestContentException', error.message);
      throw error;
    }
  };
}

class Refused extends Error {
  readonly response: ApiResponse;

  constructor(response: ApiResponse) {
    super('refused');
    this.response = response;
  }
}

async function listFunctions(_: ApiRequest, _name: string, api: LambdaApiOptions): Promise<ApiResponse> {
  return json({ Functions: await Promise.all(api.functions().map(configurationOf)) });
}

async function getFunction(request: ApiRequest, name: string, api: LambdaApiOptions): Promise<ApiResponse> {
  const definition = functionNamed(request, name, api);
  return json({
    Configuration: await configurationOf(definition),
    Code: { RepositoryType: 'S3', Location: pathToFileURL(definition.file).href },
  });
}

async function getFunctionConfiguration(
  request: ApiRequest,
  name: string,
  api: LambdaApiOptions,
): Promise<ApiResponse> {
  return json(await configurationOf(functionNamed(request, name, api)));
}

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
async function invoke(request: ApiRequest, name: string, api: LambdaApiOptions): Promise<ApiResponse> {
  const { functionName } = functionNamed(request, name, api);
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (type === 'DryRun') return { status: 204, headers: {}, body: '' };
  if (type !== 'RequestResponse') {
    return refuse(
      400,
      'InvalidParameterValueException',
      `The local Lambda offers invocation types RequestResponse and DryRun (given ${String(type)}).`,
    );
  }
  const event = request.body.length === 0 ? {} : parsedBody(request);
  const outcome = await api.invoke(functionName, event);
  const headers = { 'Content-Type': 'application/json', 'X-Amz-Executed-Version': VERSION };
  if (outcome.kind === 'response') return { status: 200, headers, body: outcome.payload };
  if (outcome.kind === 'stopped') return refuse(503, 'ServiceException', 'The local cloud is closing.');
  return {
    status: 200,
    headers: { ...headers, 'X-Amz-Function-Error': 'Unhandled' },
    body: JSON.stringify(outcome.error),
  };
}

/** A function by name, partial ARN or ARN. */
function functionNamed(request: ApiRequest, given: string, api: LambdaApiOptions): FunctionDefinition {
  const parsed = parseFunctionName(given);
  const qualifier = parsed?.qualifier ?? splitPath(request).query.get('Qualifier') ?? VERSION;
  const found = api.functions().find((definition) => definition.functionName === parsed?.name);
  if (found !== undefined && qualifier === VERSION) return found;
  const arn = functionArn(parsed?.name ?? given) + (qualifier === VERSION ? '' : `:${qualifier}`);
  throw new Refused(refuse(404, 'ResourceNotFoundException', `Function not found: ${arn}`));
}

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html */
async function configurationOf(definition: FunctionDefinition): Promise<object> {
  const { functionName, file, timeout, memorySize, environment } = definition;
  const { size, mtime } = await stat(file).catch(() => ({ size: 0, mtime: new Date(0) }));
  return {
    FunctionName: functionName,
    FunctionArn: functionArn(functionName),
    Runtime: `nodejs${process.versions.node.split('.')[0]}.x`,
    Role: roleArn(functionName),
    Handler: 'handler.handler',
    CodeSize: size,
    Description: '',
    Timeout: timeout,
    MemorySize: memorySize,
    LastModified: mtime.toISOString().replace('Z', '+0000'),
    Version: VERSION,
    Environment: { Variables: environment },
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    LoggingConfig: { LogFormat: 'Text', LogGroup: logGroupName(functionName) },
  };
}

function parsedBody(request: ApiRequest): unknown {
  try {
    return JSON.parse(request.body.toString('utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServiceError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${reason}`,
    );
  }
}

function splitPath(request: ApiRequest): { path: string; query: URLSearchParams } {
  const mark = request.path.indexOf('?');
  const path = mark < 0 ? request.path : request.path.slice(0, mark);
  return { path, query: new URLSearchParams(mark < 0 ? '' : request.path.slice(mark + 1)) };
}

function json(body: unknown): ApiResponse {
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

/** An error in Lambda's shape: the type in a header, the message under both spellings that its exceptions use. */
function refuse(status: number, type: string, message: string): ApiResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/json', 'x-amzn-ErrorType': type },
    body: JSON.stringify({ Type: status < 500 ? 'User' : 'Service', Message: message, message }),
  };
}
