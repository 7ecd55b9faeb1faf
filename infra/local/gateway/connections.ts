import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { performServerHandshake, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { type Exchange, http1Exchange, http2Exchange } from './exchange.ts';
import { detectVersion } from './preface.ts';

/** Every connection to the gateway, in either version of HTTP. */
export interface Connections {
  accept(socket: Socket): void;
  /** Lets answers under way finish, closes what is idle, and takes no further request. */
  drain(): void;
  /** Cuts what is left. */
  destroy(): void;
}

/** HTTP/2 flow control: whole PutRecords requests arrive without waiting for window updates. Bytes. */
const STREAM_WINDOW = 16 * 1024 * 1024;
const CONNECTION_WINDOW = 64 * 1024 * 1024;
/** Megabytes; above what the windows let a client have under way. */
const SESSION_MEMORY = 256;

interface Connection {
  readonly socket: Socket;
  /** HTTP/1.1 requests not yet answered. */
  underWay: number;
  session: ServerHttp2Session | undefined;
}

export function createConnections(onExchange: (exchange: Exchange) => void): Connections {
  const connections = new Map<Socket, Connection>();
  let draining = false;

  // Never listens: it is handed the sockets that speak HTTP/1.1. Without a keep-alive timeout, which would close
  // a connection in the moment in which a client sends its next request on it.
  const http1 = createServer({ keepAlive: true, keepAliveTimeout: 0, requireHostHeader: false });
  http1.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = connections.get(request.socket);
    if (connection === undefined) return;
    connection.underWay++;
    request.on('error', ignore);
    response.on('error', ignore);
    response.on('close', () => {
      connection.underWay--;
      if (draining && connection.underWay === 0) connection.socket.destroySoon();
    });
    onExchange(http1Exchange(request, response, () => draining));
  });
  http1.on('clientError', (_error, socket) => {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    socket.end(
      `HTTP/1.1 400 Bad Request\r\nx-amzn-RequestId: ${crypto.randomUUID()}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      () => socket.destroy(),
    );
  });

  const speakHttp2 = (connection: Connection) => {
    // The session owns the socket from here and ends it when the client ends its side.
    connection.socket.allowHalfOpen = false;
    const session = performServerHandshake(connection.socket, {
      settings: { initialWindowSize: STREAM_WINDOW },
      maxSessionMemory: SESSION_MEMORY,
    });
    connection.session = session;
    session.setLocalWindowSize(CONNECTION_WINDOW);
    session.on('error', ignore);
    session.on('stream', (stream, headers) => {
      stream.on('error', ignore);
      onExchange(http2Exchange(stream, headers));
    });
  };

  return {
    accept(socket) {
      const connection: Connection = { socket, underWay: 0, session: undefined };
      connections.set(socket, connection);
      socket.on('error', ignore);
      socket.on('close', () => connections.delete(socket));
      detectVersion(socket, (version) => {
        if (version === 'http2') speakHttp2(connection);
        else http1.emit('connection', socket);
      });
    },
    drain() {
      draining = true;
      for (const { socket, session, underWay } of connections.values()) {
        if (session !== undefined) session.close();
        else if (underWay === 0) socket.destroy();
      }
    },
    destroy() {
      for (const { socket, session } of connections.values()) {
        session?.destroy();
        socket.destroy();
      }
    },
  };
}

/** A client that goes away in the middle is its own business; whoever reads or answers notices by itself. */
function ignore(): void {}
