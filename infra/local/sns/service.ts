import { randomUUID } from 'node:crypto';
import type { Notification } from '../control/api.ts';
import { refuse } from '../gateway/refusal.ts';
import type { ApiRequest, ApiResponse, Service } from '../gateway/service.ts';
import { SnsError } from './errors.ts';
import type { Operation } from './operation.ts';
import { createTopic } from './operations/create-topic.ts';
import { deleteTopic } from './operations/delete-topic.ts';
import { getTopicAttributes } from './operations/get-topic-attributes.ts';
import { listTopics } from './operations/list-topics.ts';
import { publish } from './operations/publish.ts';
import { openTopics } from './topics.ts';

export interface SnsOptions {
  /** State folder, created if missing; null: in memory. */
  readonly folder: string | null;
  /** Told of faults, which the client sees as InternalError. */
  readonly log?: (line: string) => void;
}

export interface SnsService extends Service {
  /** Calls `listener` for each message published from now on, before its publisher is answered. Returns how to end that. */
  onPublish(listener: (notification: Notification) => void): () => void;
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateTopic: createTopic,
  DeleteTopic: deleteTopic,
  GetTopicAttributes: getTopicAttributes,
  ListTopics: listTopics,
  Publish: publish,
};

const VERSION = '2010-03-31';

/**
 * SNS: topics, and messages passed on to whoever listens in this process.
 *
 * @throws WildRydesError STATE_CORRUPT when the topics of the folder cannot be read
 */
export function createSns({ folder, log = () => {} }: SnsOptions): SnsService {
  const topics = openTopics(folder);
  const listeners = new Set<(notification: Notification) => void>();
  const context = {
    topics,
    publish(notification: Notification) {
      for (const listener of listeners) listener(notification);
    },
  };

  return {
    signingName: 'sns',
    targetPrefixes: [],
    queryVersion: VERSION,
    // A message of 256 KiB, every byte of it percent-encoded, and room for the rest.
    maxBody: 1024 * 1024,
    handle(request) {
      const requestId = randomUUID();
      const headers = { 'Content-Type': 'text/xml', 'x-amzn-RequestId': requestId };
      try {
        const operation = Object.hasOwn(OPERATIONS, request.operation)
          ? OPERATIONS[request.operation]
          : undefined;
        if (operation === undefined) throw unsupported(request);
        const result = operation(new URLSearchParams(request.body.toString('utf8')), context);
        return { status: 200, headers, body: success(request.operation, result, requestId) };
      } catch (error) {
        if (!(error instanceof SnsError)) {
          log(`sns ${request.operation} failed: ${error instanceof Error ? error.stack : String(error)}`);
        }
        const { status, code, message } = error instanceof SnsError ? error : INTERNAL_ERROR;
        return inXml(refuse({ status, code, message }, FORM, 'sns', requestId), requestId);
      }
    },
    onPublish(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' } as const;

const INTERNAL_ERROR = {
  status: 500,
  code: 'InternalError',
  message: 'The local cloud failed to process this request; its log says why',
} as const;

function success(operation: string, result: string, requestId: string): string {
  const wrapped = result === '' ? '' : `<${operation}Result>${result}</${operation}Result>`;
  return (
    `<${operation}Response xmlns="http://sns.amazonaws.com/doc/${VERSION}/">${wrapped}` +
    `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`
  );
}

function inXml(response: ApiResponse, requestId: string): ApiResponse {
  return { ...response, headers: { ...response.headers, 'x-amzn-RequestId': requestId } };
}

function unsupported({ operation, method, path }: ApiRequest): SnsError {
  return new SnsError(
    400,
    'InvalidAction',
    `The SNS of the local cloud does not support ${operation || `${method} ${path}`}`,
  );
}
