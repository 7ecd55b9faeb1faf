import { Client } from '@opensearch-project/opensearch';
import { AwsSigv4Signer } from '@opensearch-project/opensearch/aws-v3';
import { ATTEMPT_LIMIT } from '../resend.ts';
import type { SearchSettings } from './settings.ts';

/** One request to a search cluster. */
export interface SearchRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Encoded, from the slash on. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: { readonly json: string } | { readonly lines: string };
  /** Longest time until the answer, ms; what every attempt may take by default. */
  readonly timeout?: number;
}

/**
 * What is used of a search client: gives the body of an answer of 2xx, which may be anything.
 *
 * @throws SearchError for any other answer, and errors without a status when nobody knows what became of the request
 */
export interface SearchClient {
  send(request: SearchRequest, options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
}

/** A search cluster's answer other than 2xx. In the form in which an SDK client says the same, so that `resend` reads it. */
export class SearchError extends Error {
  readonly status: number;
  readonly $metadata: { readonly httpStatusCode: number };

  /** @param body of the answer; its reason is kept, cut to what a log line takes */
  constructor(status: number, body: unknown) {
    super(`status ${status}: ${reasonIn(body)}`);
    this.name = 'SearchError';
    this.status = status;
    this.$metadata = { httpStatusCode: status };
  }
}

/** Longest reason that is kept, in UTF-16 units: a server may quote a document in it. */
const LONGEST_REASON = 300;

/** The reason in `{"error": …}`, or in an error itself, in one line; the innermost one says most. */
export function reasonIn(body: unknown): string {
  const error = part(body, 'error') ?? body;
  let reason = describe(error);
  for (let cause = part(error, 'caused_by'); cause !== undefined; cause = part(cause, 'caused_by')) {
    reason += `: ${describe(cause)}`;
  }
  return reason.length > LONGEST_REASON ? `${reason.slice(0, LONGEST_REASON - 1)}…` : reason;
}

function describe(error: unknown): string {
  if (typeof error === 'string') return error.replace(/\s+/g, ' ').trim() || 'no reason given';
  const [type, reason] = [part(error, 'type'), part(error, 'reason')];
  return [type, reason].filter((text) => typeof text === 'string').join(': ') || 'no reason given';
}

function part(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** What the provider chain of an SDK client gives: its `config.credentials`. */
export type CredentialProvider = () => Promise<{
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}>;

/**
 * The official client, as far as it is needed: it signs, keeps connections and sends. Attempts are counted by `resend`,
 * not by the client.
 *
 * @param credentials asked for when requests are signed, and again before they expire
 */
export function createSearchClient(
  { endpoint, signing, region = '' }: Omit<SearchSettings, 'refresh'>,
  credentials: CredentialProvider,
): SearchClient & { close(): Promise<void> } {
  const signer =
    signing === 'none' ? {} : AwsSigv4Signer({ region, service: signing, getCredentials: credentials });
  const client = new Client({ ...signer, node: endpoint, maxRetries: 0, resurrectStrategy: 'none' });
  return {
    async send({ method, path, query = {}, body, timeout = ATTEMPT_LIMIT }, { abortSignal }) {
      abortSignal.throwIfAborted();
      const content =
        body === undefined ? {} : 'lines' in body ? { bulkBody: body.lines } : { body: body.json };
      const sent = client.transport.request(
        { method, path, querystring: { ...query }, ...content },
        { requestTimeout: timeout },
      );
      const abort = () => {
        // Gives a promise back, which an event's target would wait for, and throw for when it rejects.
        void sent.abort();
      };
      abortSignal.addEventListener('abort', abort, { once: true });
      try {
        const answer = await sent;
        return answer.body as unknown;
      } catch (error) {
        throw ours(error);
      } finally {
        abortSignal.removeEventListener('abort', abort);
      }
    },
    close: () => client.close(),
  };
}

/** The client's errors carry the whole request, headers and documents: only what happened is taken from them. */
function ours(error: unknown): Error {
  if (!(error instanceof Error)) return new Error('the search client failed');
  const status = part(part(error, 'meta'), 'statusCode');
  if (error.name === 'ResponseError' && typeof status === 'number') {
    return new SearchError(status, part(part(error, 'meta'), 'body'));
  }
  const plain = new Error(error.message);
  plain.name = error.name;
  return plain;
}
