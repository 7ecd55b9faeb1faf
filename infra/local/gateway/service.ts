import type { IncomingHttpHeaders } from 'node:http';

/** One request to an AWS API, its body read whole. */
export interface ApiRequest {
  readonly method: string;
  /** Path with query, as sent. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The operation, from X-Amz-Target (`Kinesis_20131202.PutRecords`) or from a Query body's Action; '' if neither names one. */
  readonly operation: string;
  /** Region of the credential scope; the local default if unsigned. */
  readonly region: string;
}

export interface ApiResponse {
  readonly status: number;
  /** The gateway adds Content-Length, and `x-amzn-RequestId` unless it is here under exactly this name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** One AWS service of the local cloud, as the gateway sees it. */
export interface Service {
  /** Signing name: `kinesis`, `dynamodb`, `sns`. */
  readonly signingName: string;
  /** Prefixes of X-Amz-Target that are this service's; empty for Query and REST services, which are routed by signing name. */
  readonly targetPrefixes: readonly string[];
  /** API version of a Query service (`2010-03-31`), by which an unsigned form is routed. */
  readonly queryVersion?: string;
  /** Largest body accepted, bytes; a larger one is refused with 413 while it is being read. */
  readonly maxBody: number;
  /** Never throws and never rejects for bad input: errors are answers in the service's own shape. */
  handle(request: ApiRequest): ApiResponse | Promise<ApiResponse>;
  /** Flushes and closes what the service holds. */
  close?(): Promise<void>;
}
