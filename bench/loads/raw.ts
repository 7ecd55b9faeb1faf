import { connect, type Socket } from 'node:net';
import { type Done, keepBusy } from '../harness/keep-busy.ts';
import { PER_REQUEST, prepare, type Records } from '../harness/prepared.ts';
import { answerTasks } from '../harness/tasks.ts';

/** PutRecords without the SDK: whole HTTP/1.1 requests that were built before. */
export interface RawLoad extends Records {
  readonly endpoint: string;
  readonly streamName: string;
  readonly connections: number;
  readonly warmUp: number;
  readonly milliseconds: number;
}

export interface RawFill extends Records {
  readonly endpoint: string;
  readonly streamName: string;
  readonly connections: number;
  /** Records to write, a multiple of 500. */
  readonly count: number;
}

const HEAD_END = '\r\n\r\n';
const ALL_WELL = '"FailedRecordCount":0';

/** One connection that carries one request at a time. */
class Connection {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #received = 0;
  /** Bytes of the answer with its head; unknown until the head is there. */
  #expected = Number.POSITIVE_INFINITY;
  #answered: (() => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  constructor(endpoint: string) {
    const { hostname, port } = new URL(endpoint);
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#socket.on('error', (error) => this.#failed?.(error));
    this.#socket.on('close', () => this.#failed?.(new Error('the connection was closed')));
  }

  send(request: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#failed = undefined;
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    if (this.#expected === Number.POSITIVE_INFINITY) this.#readHead();
    if (this.#received < this.#expected) return;
    const answer = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#received = 0;
    this.#expected = Number.POSITIVE_INFINITY;
    if (answer.includes(ALL_WELL)) this.#answered?.();
    else this.#failed?.(new Error(`not all was written: ${answer.toString('utf8', 0, 300)}`));
  }

  #readHead(): void {
    const received = Buffer.concat(this.#chunks);
    const end = received.indexOf(HEAD_END);
    if (end < 0) return;
    const head = received.toString('latin1', 0, end);
    const length = /^content-length: *(\d+)/im.exec(head)?.[1];
    if (!head.startsWith('HTTP/1.1 200 ') || length === undefined) {
      this.#failed?.(new Error(`unexpected answer: ${received.toString('utf8', 0, 500)}`));
      return;
    }
    this.#expected = end + HEAD_END.length + Number(length);
  }
}

function requestsOf({ endpoint, streamName, keys, bytes }: RawLoad | RawFill): Buffer[] {
  return prepare({ keys, bytes }).map((records) => {
    const body = JSON.stringify({
      StreamName: streamName,
      Records: records.map(({ PartitionKey, Data }) => ({
        PartitionKey,
        Data: Buffer.from(Data).toString('base64'),
      })),
    });
    const head = [
      'POST / HTTP/1.1',
      `Host: ${new URL(endpoint).host}`,
      'Content-Type: application/x-amz-json-1.1',
      'X-Amz-Target: Kinesis_20131202.PutRecords',
      'X-Amz-Date: 20260501T090000Z',
      // Nobody here verifies it, but some insist on one.
      'Authorization: AWS4-HMAC-SHA256 Credential=bench/20260501/us-east-1/kinesis/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=00',
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    return Buffer.from(`${head.join('\r\n')}${HEAD_END}${body}`);
  });
}

async function write(load: RawLoad): Promise<Done> {
  const requests = requestsOf(load);
  const connections = Array.from({ length: load.connections }, () => new Connection(load.endpoint));
  let next = 0;
  const step = async (loop: number) => {
    await connections[loop]!.send(requests[next++ % requests.length]!);
    return PER_REQUEST;
  };
  await keepBusy(load.connections, load.warmUp, step);
  const done = await keepBusy(load.connections, load.milliseconds, step);
  for (const connection of connections) connection.close();
  return done;
}

async function fill(load: RawFill): Promise<Done> {
  const requests = requestsOf(load);
  const connections = Array.from({ length: load.connections }, () => new Connection(load.endpoint));
  const started = performance.now();
  const wanted = Math.ceil(load.count / PER_REQUEST);
  let next = 0;
  await Promise.all(
    connections.map(async (connection) => {
      while (next < wanted) await connection.send(requests[next++ % requests.length]!);
    }),
  );
  for (const connection of connections) connection.close();
  return { records: wanted * PER_REQUEST, milliseconds: performance.now() - started };
}

answerTasks({ write, fill });
