import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { KinesisClient, type KinesisClientConfig } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';

export interface KinesisClientOptions {
  /**
   * Attempts that the SDK itself makes per request, 1 or more. The reader and the writer want 1: both retry on their
   * own, and the writer accounts for the outcome of every attempt, which a retry inside the SDK would hide.
   */
  readonly maxAttempts: number;
  /** Connections kept open to the endpoint, 1 or more; default 50. A shard being read or a request in flight takes one. */
  readonly maxSockets?: number;
  /** Milliseconds to establish a connection, default 5,000. */
  readonly connectionTimeout?: number;
  /** Milliseconds for a whole request, default 30,000; then the attempt ends without an answer. */
  readonly requestTimeout?: number;
}

/**
 * A Kinesis client over HTTP/1.1 with kept-alive connections: for PutRecords and GetRecords it moves about half as much
 * again as the SDK's default HTTP/2 session, and a stalled answer holds up one request instead of all of them.
 *
 * @param config where to talk, as `clientConfig` of infra/target.ts gives it
 */
export function createKinesisClient(
  config: Pick<KinesisClientConfig, 'endpoint' | 'region' | 'credentials' | 'profile'>,
  options: KinesisClientOptions,
): KinesisClient {
  const agent = { keepAlive: true, maxSockets: options.maxSockets ?? 50 };
  const client = new KinesisClient({
    ...config,
    maxAttempts: options.maxAttempts,
    requestHandler: new NodeHttpHandler({
      httpAgent: new HttpAgent(agent),
      httpsAgent: new HttpsAgent(agent),
      connectionTimeout: options.connectionTimeout ?? 5_000,
      requestTimeout: options.requestTimeout ?? 30_000,
      throwOnRequestTimeout: true,
    }),
  });
  // It strips every record of what a log must not show, request and answer, even when there is no log to show it.
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}
