import { createServer, type Server, type Socket } from 'node:net';
import { WildRydesError } from '../../../telemetry/errors.ts';

/** One TCP port, open on the loopback addresses that this machine has. */
export interface LoopbackPort {
  readonly port: number;
  /** Takes no more connections; settles once those that exist have ended. */
  close(): Promise<void>;
}

const IPV4 = '127.0.0.1';
const IPV6 = '::1';

/** A free port on one address may be taken on the other: how many to try. */
const FREE_PORTS_TRIED = 20;

/**
 * Listens on 127.0.0.1 and ::1, the same port on both, because `localhost` means one to some clients and the other
 * to others. A machine without IPv6 listens on 127.0.0.1 alone.
 *
 * @param port 0 to 65535; 0 for any that is free
 * @param host another address to listen on, reached from other machines; `0.0.0.0` and `::` for all there are
 * @throws WildRydesError PORT_TAKEN when another program listens there, USAGE when the port or the address may not be used
 */
export async function listenOnLoopback(
  port: number,
  onConnection: (socket: Socket) => void,
  host?: string,
): Promise<LoopbackPort> {
  const ipv4 = host === '0.0.0.0' ? host : IPV4;
  const ipv6 = host === '::' ? host : IPV6;
  const isAnother = host !== undefined && ![ipv4, ipv6, IPV4, IPV6].includes(host);
  for (let tried = 1; ; tried++) {
    const first = await listen(port, ipv4, onConnection).catch((error) => {
      throw explain(error, port);
    });
    const bound = portOf(first);
    const open = [first];
    try {
      if (isAnother) open.push(await listenElsewhere(bound, host, onConnection));
      open.push(await listen(bound, ipv6, onConnection));
      return loopbackPort(bound, open);
    } catch (error) {
      if (hasNoIpv6(error)) return loopbackPort(bound, open);
      await Promise.all(open.map(close));
      if (port !== 0 || codeOf(error) !== 'EADDRINUSE' || tried === FREE_PORTS_TRIED)
        throw explain(error, bound);
    }
  }
}

async function listenElsewhere(
  port: number,
  host: string,
  onConnection: (socket: Socket) => void,
): Promise<Server> {
  try {
    return await listen(port, host, onConnection);
  } catch (error) {
    if (!hasNoIpv6(error) && codeOf(error) !== 'ENOTFOUND') throw error;
    throw new WildRydesError('USAGE', `--host must be an address of this machine (given ${host})`, {
      next: 'Such as 192.168.1.5, or 0.0.0.0 for all of its addresses.',
      cause: error,
    });
  }
}

function loopbackPort(port: number, servers: readonly Server[]): LoopbackPort {
  return {
    port,
    async close() {
      await Promise.all(servers.map(close));
    },
  };
}

function listen(port: number, host: string, onConnection: (socket: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    // Half-open, so that a client that ends its side after the request still gets the answer.
    const server = createServer({ noDelay: true, allowHalfOpen: true }, onConnection);
    server.once('error', reject);
    server.listen({ port, host, ipv6Only: true, backlog: 511 }, () => {
      server.off('error', reject);
      // An accept that fails, for want of file descriptors say, costs one connection and not the cloud.
      server.on('error', () => {});
      resolve(server);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

function hasNoIpv6(error: unknown): boolean {
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL', 'ENOTSUP'].includes(codeOf(error));
}

function explain(error: unknown, port: number): unknown {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new WildRydesError('PORT_TAKEN', `Port ${port} is taken by another program`, {
        next: `Stop that program, or choose another port: --port ${port === 65535 ? port - 1 : port + 1}`,
        cause: error,
      });
    case 'EACCES':
      return new WildRydesError('USAGE', `Port ${port} may not be opened by this user`, {
        next: 'Choose a port from 1024 to 65535: --port 4566',
        cause: error,
      });
    case 'ERR_SOCKET_BAD_PORT':
      return new WildRydesError('USAGE', `--port must be from 0 to 65535 (given ${port})`, { cause: error });
    default:
      return error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
