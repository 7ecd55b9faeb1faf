import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/**
 * Stands between a client and a started cloud, and does to PutRecords what networks and busy shards do: a request is
 * carried out and its answer lost, or some of its records are refused. Everything else goes through as it is.
 */

/** What a PutRecords request asks for. */
export interface PutRequest {
  readonly streamName: string;
  /** Among those to this stream, from 1. */
  readonly number: number;
  /** What its records say. */
  readonly texts: readonly string[];
}

/** What happens to a request; nothing by default. */
export interface Fate {
  /** The cloud carries it out, and then the connection breaks. */
  readonly answerLost?: boolean;
  /** Positions of records that the cloud never sees: they are answered as a shard answers that takes no more. */
  readonly refused?: ReadonlySet<number>;
}

export interface FaultProxy {
  readonly port: number;
  /** Records whose answers were lost so far, by stream, each as often as that happened. */
  readonly lost: ReadonlyMap<string, number>;
  /** Records refused so far, each as often as that happened. */
  readonly refused: number;
}

/** The body of a PutRecords request. */
interface Body {
  readonly StreamName: string;
  readonly Records: readonly { readonly Data: string }[];
}

const REFUSAL = {
  ErrorCode: 'ProvisionedThroughputExceededException',
  ErrorMessage: 'Rate exceeded for a shard, says the proxy.',
} as const;

/** Opens a proxy before a cloud on this machine; it is gone when the test is. */
export async function openFaultProxy(
  cloudPort: number,
  fateOf: (put: PutRequest) => Fate,
): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const numbers = new Map<string, number>();
  const lost = new Map<string, number>();
  let refused = 0;

  /** Has the cloud answer; the connection to the client is cut when that to the cloud breaks. */
  async function ask(incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse) {
    const { method, url, headers } = incoming;
    const asked = request({
      agent,
      host: '127.0.0.1',
      port: cloudPort,
      method,
      path: url,
      headers: { ...headers, 'content-length': body.length },
    });
    asked.on('error', () => outgoing.destroy());
    outgoing.on('close', () => asked.destroy());
    asked.end(body);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return answer;
  }

  async function put(incoming: IncomingMessage, whole: Buffer, outgoing: ServerResponse): Promise<void> {
    const body = JSON.parse(whole.toString()) as Body;
    const { StreamName: streamName, Records } = body;
    const number = (numbers.get(streamName) ?? 0) + 1;
    numbers.set(streamName, number);
    const texts = Records.map(({ Data }) => Buffer.from(Data, 'base64').toString());
    const fate = fateOf({ streamName, number, texts });

    const taken = Records.filter((_, i) => !fate.refused?.has(i));
    refused += Records.length - taken.length;
    if (taken.length === 0)
      return answerWith(
        outgoing,
        Records.map(() => REFUSAL),
      );
    const asked = Buffer.from(JSON.stringify({ ...body, Records: taken }));
    const answer = await ask(incoming, asked, outgoing);
    const answered = await buffer(answer);
    if (fate.answerLost) {
      lost.set(streamName, (lost.get(streamName) ?? 0) + taken.length);
      outgoing.destroy();
    } else if (taken.length < Records.length && answer.statusCode === 200) {
      const results = (JSON.parse(answered.toString()) as { Records: object[] }).Records;
      answerWith(
        outgoing,
        Records.map((_, i) => (fate.refused?.has(i) ? REFUSAL : results.shift()!)),
      );
    } else outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(answered);
  }

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const whole = await buffer(incoming);
    if (String(incoming.headers['x-amz-target']).endsWith('.PutRecords')) {
      return put(incoming, whole, outgoing);
    }
    const answer = await ask(incoming, whole, outgoing);
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    // An answer that goes on for ever, as that to who listens for alerts, begins without a body.
    outgoing.flushHeaders();
    answer.pipe(outgoing);
  }

  // Without a timeout, which would close a connection while the client sends its next request on it.
  const server = createServer({ keepAliveTimeout: 0 }, (incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    agent.destroy();
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    lost,
    get refused() {
      return refused;
    },
  };
}

function answerWith(outgoing: ServerResponse, results: readonly object[]): void {
  const FailedRecordCount = results.filter((result) => result === REFUSAL).length;
  outgoing.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
  outgoing.end(JSON.stringify({ FailedRecordCount, Records: results }));
}
