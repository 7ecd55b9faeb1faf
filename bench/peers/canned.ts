import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { prepare } from '../harness/prepared.ts';
import { serving } from '../harness/tasks.ts';

// A server that reads a request to its end and sends an answer that it had ready: as fast as a client can be served.
// HTTP is 1 or 2, KEYS and BYTES are those of the records that it has for readers.

const { HTTP = '1', KEYS = '1000', BYTES = '200' } = process.env;

const SHARD_ID = 'shardId-000000000000';
const sequenceNumber = (index: number) => `49${String(index).padStart(54, '0')}`;

const put = JSON.stringify({
  FailedRecordCount: 0,
  Records: Array.from({ length: 500 }, (_, i) => ({ SequenceNumber: sequenceNumber(i), ShardId: SHARD_ID })),
});
const records = prepare({ keys: Number(KEYS), bytes: Number(BYTES) })
  .flat()
  .slice(0, 10_000);
const get = JSON.stringify({
  NextShardIterator: 'A'.repeat(120),
  MillisBehindLatest: 1_000,
  Records: records.map(({ PartitionKey, Data }, i) => ({
    SequenceNumber: sequenceNumber(i),
    ApproximateArrivalTimestamp: 1_777_626_000 + i / 1000,
    Data: Buffer.from(Data).toString('base64'),
    PartitionKey,
  })),
});

const ANSWERS: Readonly<Record<string, Buffer>> = {
  PutRecords: Buffer.from(put),
  GetRecords: Buffer.from(get),
  GetShardIterator: Buffer.from(JSON.stringify({ ShardIterator: 'A'.repeat(120) })),
  ListShards: Buffer.from(JSON.stringify({ Shards: [{ ShardId: SHARD_ID }] })),
};

function answer(
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
): void {
  const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
  request.on('data', () => {});
  request.on('end', () => {
    const body = ANSWERS[operation] ?? Buffer.from('{}');
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'content-length': body.length };
    (response as ServerResponse).writeHead(200, headers);
    (response as ServerResponse).end(body);
  });
}

const server = HTTP === '2' ? createHttp2Server(answer) : createServer(answer);
server.listen(0, '127.0.0.1', () => serving((server.address() as AddressInfo).port));
