import { randomUUID } from 'node:crypto';
import { refuse } from '../gateway/refusal.ts';
import type { ApiRequest, RequestHead, Service } from '../gateway/service.ts';
import { ServiceError } from './errors.ts';
import type { Described } from './operation.ts';

/**
 * Parameters of a Query request by their flat names (`Attributes.entry.1.key`).
 * Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export type Fields = URLSearchParams;

/**
 * One operation of a service of the Query protocol: its validation and what it does. Answers the XML inside
 * `<OperationResult>`; '' if it has no result.
 *
 * @throws ServiceError for an answer other than success
 */
export interface QueryOperation<C> extends Described {
  (fields: Fields, context: C): string | Promise<string>;
}

export interface QueryServiceOptions<C> {
  /** As people call it: `SNS`. */
  readonly title: string;
  readonly signingName: string;
  /** Of the API: `2010-03-31`. */
  readonly version: string;
  /** XML namespace of its answers: `http://sns.amazonaws.com/doc/2010-03-31/`. */
  readonly namespace: string;
  /** Bytes of a request's body. */
  readonly maxBody: number;
  /** A new operation is a file in operations/ and a line here. */
  readonly operations: ReadonlyMap<string, QueryOperation<C>>;
  /**
   * Operations that are called by visiting a link, which nobody signs. Any other GET must be signed, because a page in
   * a browser may send one without being asked. Default none.
   */
  readonly links?: ReadonlySet<string>;
  /** What operations work with, for one request. */
  readonly context: (request: ApiRequest) => C;
  readonly log: (line: string) => void;
}

/** Marks a refusal as one in XML, whatever the request's own type was. */
const FORM = { 'content-type': 'application/x-www-form-urlencoded' } as const;

/** A service of the Query protocol: a form that names its Action, and answers in XML. */
export function createQueryService<C>(options: QueryServiceOptions<C>): Service {
  const { title, signingName, version, namespace, operations, log } = options;

  async function answer(request: ApiRequest): Promise<string> {
    const operation = operations.get(request.operation);
    if (operation === undefined) throw unsupported(title, request);
    if (request.method === 'GET' && !isSigned(request) && !options.links?.has(request.operation)) {
      throw new ServiceError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
    }
    return operation(new URLSearchParams(request.body.toString('utf8')), options.context(request));
  }

  function refusalOf(request: ApiRequest, error: unknown) {
    if (error instanceof ServiceError) return { ...error, code: error.type, message: error.message };
    const stack = error instanceof Error ? error.stack : String(error);
    log(`${signingName} ${request.operation} failed: ${stack}`);
    return INTERNAL_ERROR;
  }

  return {
    title,
    signingName,
    targetPrefixes: [],
    queryVersion: version,
    maxBody: options.maxBody,
    operations,
    async handle(request) {
      const requestId = randomUUID();
      const headers = { 'Content-Type': 'text/xml', 'x-amzn-RequestId': requestId };
      try {
        const result = await answer(request);
        return { status: 200, headers, body: success(namespace, request.operation, result, requestId) };
      } catch (error) {
        const refused = refuse(refusalOf(request, error), FORM, signingName, requestId);
        return { ...refused, headers: { ...refused.headers, 'x-amzn-RequestId': requestId } };
      }
    },
  };
}

const INTERNAL_ERROR = {
  status: 500,
  code: 'InternalError',
  message: 'The local cloud failed to process this request; its log says why',
} as const;

function success(namespace: string, operation: string, result: string, requestId: string): string {
  const wrapped = result === '' ? '' : `<${operation}Result>${result}</${operation}Result>`;
  return (
    `<${operation}Response xmlns="${namespace}">${wrapped}` +
    `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`
  );
}

function unsupported(title: string, { operation, method, path }: ApiRequest): ServiceError {
  return new ServiceError(
    'InvalidAction',
    `The ${title} of the local cloud does not support ${operation || `${method} ${path}`}`,
  );
}

/** Whether a request says who sent it, in its headers or, presigned, in its path. Nobody checks that it is true. */
export function isSigned({ headers, path }: RequestHead): boolean {
  return headers.authorization !== undefined || path.includes('X-Amz-Credential=');
}

/** A map in its flat form: `PREFIX.entry.N.key` and `PREFIX.entry.N.value`, N from 1. */
export function mapField(fields: Fields, prefix: string): Readonly<Record<string, string>> {
  const entries: [string, string][] = [];
  for (let n = 1; fields.has(`${prefix}.entry.${n}.key`); n++) {
    entries.push([
      fields.get(`${prefix}.entry.${n}.key`) ?? '',
      fields.get(`${prefix}.entry.${n}.value`) ?? '',
    ]);
  }
  return Object.fromEntries(entries);
}
