import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { constants, type IncomingHttpHeaders as Http2Headers, type ServerHttp2Stream } from 'node:http2';
import type { Readable, Writable } from 'node:stream';

/** One request and the way to answer it, whichever version of HTTP carried it. */
export interface Exchange {
  readonly method: string;
  /** Path with query, as sent. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: IncomingHttpHeaders;
  /** Host header, or :authority. */
  readonly authority: string | undefined;
  /** Whether the client is on this machine. */
  readonly isLocal: boolean;
  readonly body: Readable;
  /** Answers whole, and says how long that is. Does nothing when the client has gone. */
  answer(status: number, headers: Readonly<Record<string, string>>, body: string | Uint8Array): void;
  /** Starts an answer that goes on until either side ends it; undefined when the client has gone. */
  stream(status: number, headers: Readonly<Record<string, string>>): Writable | undefined;
  /** Breaks off without an answer. */
  cut(): void;
}

/** @param isClosing whether the connection is to be closed after this answer */
export function http1Exchange(
  request: IncomingMessage,
  response: ServerResponse,
  isClosing: () => boolean,
): Exchange {
  return {
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: request.headers,
    authority: request.headers.host,
    isLocal: isLoopback(request.socket.remoteAddress),
    body: request,
    answer(status, headers, body) {
      if (response.destroyed || response.headersSent) return;
      if (isClosing()) response.shouldKeepAlive = false;
      response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) });
      response.end(body);
    },
    stream(status, headers) {
      if (response.destroyed || response.headersSent) return undefined;
      response.writeHead(status, headers);
      response.flushHeaders();
      return response;
    },
    cut: () => void request.socket.destroy(),
  };
}

export function http2Exchange(stream: ServerHttp2Stream, headers: Http2Headers): Exchange {
  const gone = () => stream.destroyed || stream.closed || stream.headersSent;
  return {
    method: headers[':method'] ?? 'GET',
    path: headers[':path'] ?? '/',
    headers,
    authority: headers[':authority'] ?? headers.host,
    isLocal: isLoopback(stream.session?.socket?.remoteAddress),
    body: stream,
    answer(status, sent, body) {
      if (gone()) return;
      stream.respond({ ':status': status, ...sent, 'content-length': Buffer.byteLength(body) });
      stream.end(body);
    },
    stream(status, sent) {
      if (gone()) return undefined;
      stream.respond({ ':status': status, ...sent });
      return stream;
    },
    cut: () => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
  };
}

function isLoopback(address: string | undefined): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address ?? '');
}
