import { lookup } from 'node:dns/promises';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { BlockList, isIP } from 'node:net';
import { DeliveryFailure } from './delivery-failure.ts';

/** What is posted. */
export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Posts messages to subscribers. Follows no redirects: where one leads, nobody subscribed. */
export interface HttpEndpoints {
  /** @throws DeliveryFailure; whether it is permanent, by the answer's status: 5xx and 429 are not, other failures are */
  post(post: Post): Promise<void>;
  /** Breaks off what is under way. */
  close(): void;
}

/** Milliseconds for an answer. Source: https://docs.aws.amazon.com/sns/latest/dg/sns-http-https-endpoint-as-subscriber.html */
const TIMEOUT = 15_000;

/** At a time to one host: a topic that publishes much must not open a thousand. */
const CONNECTIONS = 20;

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Whether a URL's host is this machine by its own name or address. Other names are not looked at: whoever answers
 * for one may answer otherwise the next time.
 *
 * @param hostname as URL has it: an IPv6 address in brackets
 */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || isLoopbackAddress(host);
}

function isLoopbackAddress(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && LOOPBACK.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/**
 * @param anywhere whether hosts other than this machine may be posted to
 * @param timeout milliseconds; default 15,000
 */
export function createHttpEndpoints(anywhere: boolean, timeout: number = TIMEOUT): HttpEndpoints {
  const agents = {
    'http:': new HttpAgent({ keepAlive: true, maxSockets: CONNECTIONS }),
    'https:': new HttpsAgent({ keepAlive: true, maxSockets: CONNECTIONS }),
  } as const;
  const closing = new AbortController();

  async function post({ url, headers, body }: Post): Promise<void> {
    const target = new URL(url);
    const address = await addressOf(target.hostname, anywhere);
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = send(target, {
        method: 'POST',
        agent: agents[target.protocol as keyof typeof agents],
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        // The address that was checked, and no other that the name may mean by then.
        lookup: (_name, options, found) => {
          const family = isIP(address);
          if (options.all === true) found(null, [{ address, family }]);
          else found(null, address, family);
        },
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(timeout)]),
      });
      request.on('response', resolve);
      request.on('error', reject);
      request.end(body);
    }).catch((error: Error) => {
      throw new DeliveryFailure(
        error.name === 'TimeoutError' || error.name === 'AbortError'
          ? `no answer within ${timeout} ms`
          : error.message,
        false,
      );
    });
    // What it says is nobody's, and may be long.
    response.on('error', () => {});
    response.resume();
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return;
    throw new DeliveryFailure(`it answered ${status}`, !(status >= 500 || status === 429));
  }

  return {
    post,
    close() {
      closing.abort();
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** The address to connect to. */
async function addressOf(hostname: string, anywhere: boolean): Promise<string> {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) {
    if (anywhere || isLoopbackAddress(host)) return host;
    throw new DeliveryFailure(`${host} is not an address of this machine`, true);
  }
  const found = await lookup(host, { all: true }).catch((error: Error) => {
    throw new DeliveryFailure(error.message, false);
  });
  const usable = found.find(({ address }) => anywhere || isLoopbackAddress(address));
  if (usable === undefined) throw new DeliveryFailure(`${host} is not a name of this machine`, true);
  return usable.address;
}
