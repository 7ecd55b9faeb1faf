import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Described } from '../protocol/operation.ts';

/** One request to an AWS API, without its body. */
export interface RequestHead {
  readonly method: string;
  /** Path with query, as sent. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: IncomingHttpHeaders;
  /** The operation, from X-Amz-Target (`Kinesis_20131202.PutRecords`) or from a Query body's Action; '' if neither names one. */
  readonly operation: string;
  /** Region of the credential scope; the local default if unsigned. */
  readonly region: string;
}

/** One request to an AWS API, its body read whole. */
export interface ApiRequest extends RequestHead {
  readonly body: Buffer;
}

export interface ApiResponse {
  readonly status: number;
  /** The gateway adds Content-Length where the body is whole, and `x-amzn-RequestId` unless it is here under exactly this name. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Whole, or in pieces as they come. A client that takes them slowly is waited for; one that goes away ends the
   * iteration by its `return`, and a throw breaks the connection off, so that half a body never looks like one.
   */
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** Thrown by a service that will not answer: the connection is cut, as a network does it. */
export class Unanswered extends Error {
  constructor() {
    super('this request is not answered');
    this.name = 'Unanswered';
  }
}

/** One AWS service of the local cloud, as the gateway sees it. */
export interface Service {
  /** As people call it: `Kinesis Data Streams`. */
  readonly title: string;
  /** Signing name: `kinesis`, `dynamodb`, `sns`. */
  readonly signingName: string;
  /** Prefixes of X-Amz-Target that are this service's; empty for Query and REST services, which are routed by signing name. */
  readonly targetPrefixes: readonly string[];
  /** API version of a Query service (`2010-03-31`), by which an unsigned form is routed. */
  readonly queryVersion?: string;
  /** Largest body accepted, bytes; a larger one is refused with 413 while it is being read. */
  readonly maxBody: number;
  /** What it offers, by name: told in infra/local/README.md. */
  readonly operations: ReadonlyMap<string, Described>;
  /** Names the operation of a request that its method and path tell; '' for none. Absent where requests name it. */
  nameOperation?(request: RequestHead): string;
  /** Never throws and never rejects for bad input: errors are answers in the service's own shape. */
  handle(request: ApiRequest): ApiResponse | Promise<ApiResponse>;
  /**
   * Takes a request before its body is read, which it then reads itself, to its end or not at all; undefined leaves the
   * request to `handle`. `maxBody` does not apply.
   */
  receive?(request: RequestHead, body: Readable): Promise<ApiResponse> | undefined;
  /** Flushes and closes what the service holds. */
  close?(): Promise<void>;
}
