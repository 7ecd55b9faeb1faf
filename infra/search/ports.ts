import { connect } from 'node:net';
import { WildRydesError } from '../../telemetry/errors.ts';

/** Ports that a search server of the kit may have: those that the runner looks through. */
export const SEARCH_PORTS = { first: 9200, last: 9299 } as const;

/**
 * A port for a search server: the first of them, or of those from `first` on, at which nothing listens.
 *
 * @param first default 9200
 * @throws WildRydesError PORT_TAKEN when all are taken
 */
export async function freeSearchPort(first: number = SEARCH_PORTS.first): Promise<number> {
  for (let port = first; port <= SEARCH_PORTS.last; port++) {
    if (!(await isTaken(port))) return port;
  }
  throw new WildRydesError(
    'PORT_TAKEN',
    `something listens on every port that a search server could have (${first} to ${SEARCH_PORTS.last})`,
    { next: 'End what you do not need, or name a search server that runs: --search URL' },
  );
}

/** Does something listen there, on either loopback address? */
export async function isTaken(port: number): Promise<boolean> {
  const answers = await Promise.all(['127.0.0.1', '::1'].map((host) => listens(host, port)));
  return answers.includes(true);
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (taken: boolean) => {
      socket.destroy();
      resolve(taken);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

/**
 * A port that was asked for, if it can be had.
 *
 * @throws WildRydesError USAGE when a search server of the kit cannot have it; PORT_TAKEN when something listens there
 */
export async function insistOnSearchPort(port: number): Promise<number> {
  const { first, last } = SEARCH_PORTS;
  if (!(Number.isInteger(port) && port >= first && port <= last)) {
    throw new WildRydesError(
      'USAGE',
      `the port of a search server must be from ${first} to ${last} (given ${port})`,
    );
  }
  if (await isTaken(port)) throw portTaken(port);
  return port;
}

/** A port at which something listens that is no search server of this start. */
export function portTaken(port: number): WildRydesError {
  return new WildRydesError('PORT_TAKEN', `something else listens on port ${port}`, {
    next: `Leave the port out: the first free one from ${SEARCH_PORTS.first} on is taken.`,
  });
}
