import { hash } from 'node:crypto';
import { mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serving } from '../harness/tasks.ts';

// The least that a server which stores records can do: parses PutRecords, hashes each key, appends key and data to a
// file with one write a request, and answers. It validates nothing, routes nothing, and cannot be read.

const folder = mkdtempSync(join(tmpdir(), 'wildrydes-bench-bare-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
process.once('SIGTERM', () => process.exit());
const file = openSync(join(folder, 'log'), 'a');

const HALF = '8';
const batch = Buffer.alloc(16 * 1024 * 1024);
const next = [0, 0];

function store(body: string): string {
  const { Records } = JSON.parse(body) as { Records: { PartitionKey: string; Data: string }[] };
  let end = 0;
  let answers = '';
  for (const { PartitionKey, Data } of Records) {
    // Two shards, so that the hash decides something.
    const shard = hash('md5', PartitionKey) < HALF ? 0 : 1;
    const start = end;
    end += 8;
    const keyBytes = batch.write(PartitionKey, end);
    end += keyBytes;
    end += batch.write(Data, end, 'base64');
    batch.writeUInt32BE(end - start, start);
    batch.writeUInt32BE(keyBytes, start + 4);
    const sequenceNumber = `49${String(next[shard]!++).padStart(54, '0')}`;
    answers += `${answers === '' ? '' : ','}{"SequenceNumber":"${sequenceNumber}","ShardId":"shardId-00000000000${shard}"}`;
  }
  writeSync(file, batch, 0, end);
  return `{"FailedRecordCount":0,"Records":[${answers}]}`;
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = store(Buffer.concat(chunks).toString('utf8'));
    response.writeHead(200, {
      'content-type': 'application/x-amz-json-1.1',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => serving((server.address() as AddressInfo).port));
