import type { Writable } from 'node:stream';
import { readBody } from '../gateway/body.ts';
import type { Exchange } from '../gateway/exchange.ts';
import { CONTROL_PREFIX } from './api.ts';

/** An answer other than 200: thrown by a route's handler, and by the client that asked. */
export class ControlError extends Error {
  /** HTTP status, 400 to 599. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
  }
}

/** JSON in (undefined when there is no body), JSON out. May throw ControlError. */
export type ControlHandler = (body: unknown) => unknown | Promise<unknown>;

/** The control door: routes under `/_wildrydes/`, in front of the AWS APIs. */
export interface ControlRoutes {
  /** Adds a route, or replaces it. */
  route(method: 'GET' | 'POST', name: string, handler: ControlHandler): void;
  /** Adds a GET route whose answer goes on until either side ends it; `opened` gets each answer as it starts. */
  streamRoute(name: string, opened: (lines: Writable) => void): void;
  /** Serves the exchange if its path is a control route; false otherwise. */
  intercept(exchange: Exchange): boolean;
}

type Route = { readonly handler: ControlHandler } | { readonly opened: (lines: Writable) => void };

const MAX_BODY = 1024 * 1024;

/** @param log told of faults in a handler, which its client sees as status 500 */
export function createControlRoutes(log: (line: string) => void): ControlRoutes {
  const routes = new Map<string, Route>();

  const serve = (exchange: Exchange, name: string, { handler }: { readonly handler: ControlHandler }) => {
    readBody(exchange.body, exchange.headers['content-length'], MAX_BODY, (body) => {
      if (body === 'aborted') return;
      if (body === 'too large')
        return answer(exchange, 413, { message: `A body may have at most ${MAX_BODY} bytes` });
      call(handler, body).then(
        (result) => answer(exchange, 200, result),
        (error: unknown) => {
          if (error instanceof ControlError)
            return answer(exchange, error.status, { message: error.message });
          log(`${CONTROL_PREFIX}${name} failed: ${error instanceof Error ? error.stack : String(error)}`);
          answer(exchange, 500, { message: `${name} failed; the log of the local cloud says why` });
        },
      );
    });
  };

  return {
    route(method, name, handler) {
      routes.set(`${method} ${name}`, { handler });
    },
    streamRoute(name, opened) {
      routes.set(`GET ${name}`, { opened });
    },
    intercept(exchange) {
      const [path = ''] = exchange.path.split('?', 1);
      if (!path.startsWith(CONTROL_PREFIX)) return false;
      const name = path.slice(CONTROL_PREFIX.length);
      if (!exchange.isLocal) {
        exchange.body.resume();
        answer(exchange, 403, { message: `${CONTROL_PREFIX} is for this machine only` });
        return true;
      }
      const route = routes.get(`${exchange.method} ${name}`);
      if (route === undefined) {
        const offered = ['GET', 'POST'].filter((method) => routes.has(`${method} ${name}`));
        exchange.body.resume();
        if (offered.length > 0) answer(exchange, 405, { message: `${path} is for ${offered.join(' and ')}` });
        else answer(exchange, 404, { message: `There is nothing at ${path.slice(0, 100)}` });
      } else if ('handler' in route) {
        serve(exchange, name, route);
      } else {
        exchange.body.resume();
        const lines = exchange.stream(200, {
          'Content-Type': 'application/x-ndjson',
          'x-amzn-RequestId': requestId(),
        });
        if (lines !== undefined) route.opened(lines);
      }
      return true;
    },
  };
}

async function call(handler: ControlHandler, body: Buffer): Promise<unknown> {
  return handler(body.length === 0 ? undefined : parse(body));
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new ControlError(400, 'The body must be JSON');
  }
}

function answer(exchange: Exchange, status: number, result: unknown): void {
  const headers = { 'Content-Type': 'application/json', 'x-amzn-RequestId': requestId() };
  exchange.answer(status, headers, `${JSON.stringify(result ?? null)}\n`);
}

function requestId(): string {
  return crypto.randomUUID();
}
