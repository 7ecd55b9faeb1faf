import { connect, type Socket } from 'node:net';
import { LOCAL_CREDENTIALS } from '../../target.ts';
import { type Gateway, type GatewayOptions, openGateway } from './gateway.ts';
import type { ApiRequest, ApiResponse, Service } from './service.ts';

/** For tests: what they open, closed again by `closeAll` in afterEach. */
export class GatewayFixture {
  readonly #closers: (() => unknown)[] = [];

  /** A gateway on a free port; the services are closed after it. */
  async open(services: readonly Service[], more: Partial<GatewayOptions> = {}): Promise<Gateway> {
    for (const service of services) this.#closers.push(() => service.close?.());
    const gateway = await openGateway({ port: 0, services, log: () => {}, ...more });
    this.#closers.push(() => gateway.close());
    return gateway;
  }

  /** Configuration for SDK clients: each is destroyed after the test by `client`. */
  client<C extends { destroy(): void }>(client: C): C {
    this.#closers.push(() => client.destroy());
    return client;
  }

  raw(port: number, host = '127.0.0.1'): RawConnection {
    const connection = new RawConnection(connect(port, host));
    this.#closers.push(() => connection.socket.destroy());
    return connection;
  }

  async closeAll(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }
}

export function sdkConfig(gateway: Gateway) {
  return { endpoint: gateway.endpoint, region: 'us-west-2', credentials: LOCAL_CREDENTIALS, maxAttempts: 1 };
}

/** A service that answers with what it was asked, and keeps it. */
export function echoService(more: Partial<Service> = {}): Service & { readonly requests: ApiRequest[] } {
  const requests: ApiRequest[] = [];
  return {
    title: 'Echo',
    operations: new Map(),
    signingName: 'kinesis',
    targetPrefixes: ['Kinesis_20131202'],
    maxBody: 1024 * 1024,
    handle(request): ApiResponse {
      requests.push(request);
      const { operation, region, body } = request;
      return {
        status: 200,
        headers: { 'Content-Type': 'application/x-amz-json-1.1' },
        body: JSON.stringify({ operation, region, bytes: body.length }),
      };
    },
    requests,
    ...more,
  };
}

/** A TCP connection on which a test says exactly what it likes. */
export class RawConnection {
  readonly socket: Socket;
  /** All bytes received so far. */
  heard = Buffer.alloc(0);
  /** Settles when the connection has ended, in whatever way. */
  readonly ended: Promise<void>;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      this.heard = Buffer.concat([this.heard, chunk]);
    });
    this.ended = new Promise((resolve) => socket.on('close', () => resolve()));
  }

  say(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }

  /** Settles once `text` has been received; rejects when the connection ends before. */
  async hears(text: string): Promise<string> {
    for (;;) {
      const all = this.heard.toString('latin1');
      if (all.includes(text)) return all;
      if (this.socket.closed) throw new Error(`connection ended without ${JSON.stringify(text)}: ${all}`);
      await new Promise<void>((resolve) => {
        this.socket.once('data', () => resolve());
        this.socket.once('close', () => resolve());
      });
    }
  }
}

/** An HTTP/1.1 request in full, with the headers that every Kinesis client sends. */
export function http1Request(body: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = {
    Host: '127.0.0.1',
    'Content-Type': 'application/x-amz-json-1.1',
    'X-Amz-Target': 'Kinesis_20131202.ListStreams',
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST / HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
