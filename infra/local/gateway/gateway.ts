import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readBody } from './body.ts';
import { createConnections } from './connections.ts';
import type { Exchange } from './exchange.ts';
import { listenOnLoopback } from './loopback.ts';
import { whyRefused } from './origin.ts';
import { type Refusal, refuse } from './refusal.ts';
import { type Address, addressOf, directoryOf, formInPath, isForm } from './routing.ts';
import { type ApiResponse, type RequestHead, type Service, Unanswered } from './service.ts';

export interface GatewayOptions {
  /** 0 for any that is free. */
  readonly port: number;
  /** Another address to listen on, reached from other machines. Default: none. */
  readonly host?: string | undefined;
  readonly services: readonly Service[];
  /** Takes the exchanges whose path is not an AWS API's; false leaves one to the services. Hosts and origins are checked before. */
  readonly intercept?: (exchange: Exchange) => boolean;
  /** Told of faults in a service, which its client sees as InternalFailure. */
  readonly log?: (line: string) => void;
}

/** The one port of the local cloud. */
export interface Gateway {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** Takes nothing new, lets requests under way finish, at most `grace` ms (default 5000), then cuts them. */
  close(grace?: number): Promise<void>;
}

/** Bytes read of a form for a service that is not here, to name its operation in the answer. */
const MAX_FORM = 1024 * 1024;

const REQUEST_ID = 'x-amzn-RequestId';

/**
 * Opens the port and serves AWS requests on it, in HTTP/1.1 and HTTP/2 without TLS: finds the service that each
 * is for, reads its body whole unless the service does that itself, and writes the service's answer.
 *
 * @throws WildRydesError PORT_TAKEN, USAGE
 */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const connections = createConnections(serve(options));
  const listening = await listenOnLoopback(options.port, connections.accept, options.host);
  let closed: Promise<void> | undefined;

  return {
    port: listening.port,
    endpoint: `http://127.0.0.1:${listening.port}`,
    close(grace = 5_000) {
      closed ??= (async () => {
        const ended = listening.close();
        connections.drain();
        const cut = setTimeout(connections.destroy, grace);
        await ended;
        clearTimeout(cut);
      })();
      return closed;
    },
  };
}

function serve({ services, intercept, log, host }: GatewayOptions): (exchange: Exchange) => void {
  const directory = directoryOf(services);

  return (exchange) => {
    const { headers } = exchange;
    const unwelcome = whyRefused(exchange.authority, headers, host !== undefined);
    if (unwelcome !== undefined) {
      return turnAway(exchange, '', { status: 403, code: 'AccessDeniedException', message: unwelcome });
    }
    if (intercept?.(exchange)) return;

    const address = addressOf(headers, exchange.path);
    const service = directory.find(address);
    const inPath = formInPath(exchange.method, exchange.path);
    const form = isForm(headers) || inPath !== undefined;
    if (service === undefined && !form) {
      return turnAway(exchange, address.signingName, unsupported(nameOf(address, exchange), directory.names));
    }

    if (service?.receive !== undefined) {
      const receive = service.receive.bind(service);
      const head = headOf(exchange, address, address.operation);
      if (settle(exchange, service, head, () => receive(head, exchange.body))) return;
    }

    const limit = service?.maxBody ?? MAX_FORM;
    readBody(exchange.body, headers['content-length'], limit, (read) => {
      if (read === 'aborted') return;
      if (read === 'too large') return turnAway(exchange, address.signingName, tooLarge(limit));
      const body = inPath === undefined ? read : Buffer.from(inPath);
      // A form names its operation in itself, and an unsigned one also its service, by the API's version.
      const fields = form ? new URLSearchParams(body.toString('utf8')) : undefined;
      const operation = address.operation || (fields?.get('Action') ?? '');
      const meant =
        service ??
        (address.signingName === '' ? directory.findByVersion(fields?.get('Version') ?? '') : undefined);
      if (meant === undefined) {
        const asked =
          operation === '' ? nameOf(address, exchange) : `${address.signingName} ${operation}`.trim();
        return turnAway(exchange, address.signingName, unsupported(asked, directory.names));
      }
      const head = headOf(exchange, address, operation);
      settle(exchange, meant, head, () => meant.handle({ ...head, body }));
    });
  };

  /** Answers with what the service answers; false if it leaves the request to someone else. */
  function settle(
    exchange: Exchange,
    service: Service,
    { operation }: RequestHead,
    answered: () => ApiResponse | Promise<ApiResponse> | undefined,
  ): boolean {
    const failed = (error: unknown) => {
      if (error instanceof Unanswered) return exchange.cut();
      log?.(`${service.signingName} ${operation} failed: ${stackOf(error)}`);
      turnAway(exchange, service.signingName, INTERNAL_FAILURE);
    };
    try {
      const answer = answered();
      if (answer === undefined) return false;
      if (answer instanceof Promise) answer.then((settled) => reply(exchange, settled)).catch(failed);
      else reply(exchange, answer);
    } catch (error) {
      failed(error);
    }
    return true;
  }

  function reply(exchange: Exchange, { status, headers, body }: ApiResponse): void {
    const named = REQUEST_ID in headers ? headers : { ...headers, [REQUEST_ID]: randomUUID() };
    if (typeof body === 'string' || body instanceof Uint8Array) exchange.answer(status, named, body);
    else void pour(exchange, status, named, body);
    // What a service left of a body that it read itself.
    exchange.body.resume();
  }

  /** Never rejects: by now nothing can be answered any more. */
  async function pour(
    exchange: Exchange,
    status: number,
    headers: Readonly<Record<string, string>>,
    pieces: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const sink = exchange.stream(status, headers);
    try {
      if (sink === undefined) await pieces[Symbol.asyncIterator]().return?.();
      else await pipeline(Readable.from(pieces, { objectMode: false }), sink);
    } catch (error) {
      if (!isGone(error)) log?.(`an answer to ${exchange.method} broke off: ${stackOf(error)}`);
    }
  }
}

/** Whether a connection ended before its answer did, by the client's choice. */
function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'EPIPE';
}

function headOf({ method, path, headers }: Exchange, { region }: Address, operation: string): RequestHead {
  return { method, path, headers, operation, region };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Answers without the service, and lets the body, if any, run out. */
function turnAway(exchange: Exchange, signingName: string, refusal: Refusal): void {
  const requestId = randomUUID();
  const { status, headers, body } = refuse(refusal, exchange.headers, signingName, requestId);
  exchange.answer(status, { ...headers, [REQUEST_ID]: requestId }, body);
  exchange.body.resume();
}

/** What was asked for, in the words of whoever reads the error. */
function nameOf({ targetPrefix, operation, signingName }: Address, { method, path }: Exchange): string {
  if (targetPrefix !== '') return `${targetPrefix}.${operation}`;
  const route = `${method} ${path.length > 60 ? `${path.slice(0, 57)}...` : path}`;
  return signingName === '' ? route : `${signingName} (${route})`;
}

function unsupported(asked: string, names: readonly string[]): Refusal {
  return {
    status: 400,
    code: 'UnknownOperationException',
    message: `The local cloud does not support ${asked}. Its services are ${names.join(', ')}.`,
  };
}

function tooLarge(limit: number): Refusal {
  return {
    status: 413,
    code: 'RequestEntityTooLargeException',
    message: `A request may have at most ${limit} bytes`,
  };
}

const INTERNAL_FAILURE: Refusal = {
  status: 500,
  code: 'InternalFailure',
  message: 'The local cloud failed to process this request; its log says why',
};
