import { randomUUID } from 'node:crypto';
import type { ApiResponse } from '../../gateway/service.ts';
import { ServiceError } from '../../protocol/errors.ts';
import { validate } from '../../protocol/validation.ts';
import type { FunctionError, Outcome } from '../definitions.ts';
import { LambdaError } from '../errors.ts';
import { FUNCTION_NAME, QUALIFIER, qualifiedName } from '../functions/function-name.ts';
import { LogTail } from '../functions/log-tail.ts';
import { type Context, type LambdaRequest, type Operation, parsedBody } from '../operation.ts';

/** Bytes of a payload. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const PAYLOAD_LIMITS = { RequestResponse: 6_291_456, Event: 1_048_576, DryRun: 6_291_456 } as const;

const TYPES = ['RequestResponse', 'Event', 'DryRun'] as const;

const SHAPE = {
  FunctionName: FUNCTION_NAME,
  Qualifier: QUALIFIER,
  InvocationType: { type: 'String', oneOf: TYPES },
  LogType: { type: 'String', oneOf: ['None', 'Tail'] },
} as const;

/**
 * Runs a function: waits for its answer, or only puts its event on disk, or does neither.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export const invoke: Operation = Object.assign(
  async (request: LambdaRequest, context: Context): Promise<ApiResponse> => {
    const { headers, body } = request;
    const input = validate(SHAPE, {
      ...request.names,
      Qualifier: request.query.get('Qualifier'),
      InvocationType: headers['x-amz-invocation-type'],
      LogType: headers['x-amz-log-type'],
    });
    const type = input.InvocationType ?? 'RequestResponse';
    const { name, qualifier } = qualifiedName(input.FunctionName, input.Qualifier);
    if (body.length > PAYLOAD_LIMITS[type]) {
      throw new LambdaError(
        413,
        'RequestTooLargeException',
        `${body.length} byte payload is too large for the ${type} invocation type (limit ${PAYLOAD_LIMITS[type]} bytes)`,
      );
    }
    context.functions.find(name, qualifier);
    const event = body.length === 0 ? {} : parsedBody(request);
    if (type === 'DryRun') return { status: 204, headers: {}, body: '' };
    if (type === 'Event') {
      const requestId = randomUUID();
      const payload = JSON.stringify(event);
      await context.asynchronous.add({
        requestId,
        functionName: name,
        qualifier,
        payload,
        taken: context.clock.now(),
      });
      return { status: 202, headers: { [REQUEST_ID]: requestId }, body: '' };
    }

    const tail = input.LogType === 'Tail' ? new LogTail() : undefined;
    const clientContext = parseClientContext(headers['x-amz-client-context']);
    const outcome = await context.functions.invoke(
      name,
      qualifier,
      { event },
      {
        onLine: tail === undefined ? undefined : (line) => tail.add(line),
        clientContext,
      },
    );
    return answer(outcome, qualifier, tail);
  },
  {
    differs:
      'At most 16 invocations of a version run at once; more wait their turn. A failed event is sent again after 1 and 2 seconds, not minutes.',
  },
);

const REQUEST_ID = 'x-amzn-RequestId';

function answer(outcome: Outcome, version: string, tail: LogTail | undefined): ApiResponse {
  if (outcome.kind === 'stopped')
    throw new ServiceError('ServiceException', 'The local cloud is closing.', 503);
  const headers = {
    'Content-Type': 'application/json',
    'X-Amz-Executed-Version': version,
    [REQUEST_ID]: outcome.requestId,
    ...(tail === undefined ? {} : { 'X-Amz-Log-Result': tail.base64() }),
  };
  if (outcome.kind === 'response') return { status: 200, headers, body: outcome.payload };
  return {
    status: 200,
    headers: { ...headers, 'X-Amz-Function-Error': 'Unhandled' },
    body: JSON.stringify(withRequestId(outcome.error, outcome.requestId)),
  };
}

/** What Lambda itself says of an invocation, not the function, begins with which one it was. */
function withRequestId(error: FunctionError, requestId: string): FunctionError {
  const byLambda = ['Sandbox.Timedout', 'Runtime.ExitError', 'Runtime.OutOfMemory'].includes(error.errorType);
  return byLambda
    ? { ...error, errorMessage: `RequestId: ${requestId} Error: ${error.errorMessage}` }
    : error;
}

function parseClientContext(header: string | string[] | undefined): unknown {
  if (typeof header !== 'string') return undefined;
  try {
    return JSON.parse(Buffer.from(header, 'base64').toString('utf8')) as unknown;
  } catch {
    throw new ServiceError(
      'InvalidRequestContentException',
      'Client context must be a valid Base64-encoded JSON object.',
    );
  }
}
