import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canLimitFiles, limitFiles } from '../../../../test/full-disk.ts';
import { type Child, startChild } from '../../child-fixture.ts';
import { DynamoDBFixture } from '../fixture.ts';

/** A database in a process of its own, which is killed: what is left of its tables and their streams must agree. */

const fixture = new DynamoDBFixture();
let folder: string;
let child: Child;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wildrydes-dynamodb-'));
});
afterEach(async () => {
  await child.kill();
  await fixture.closeAll();
  rmSync(folder, { recursive: true, force: true });
});

/** Writers count in an item each, and print each count that is acknowledged: `written WRITER COUNT`. */
const COUNTERS = `
  import { setTimeout } from 'node:timers/promises';
  import { createDynamoDB } from './dynamodb/service.ts';
  console.error = () => {};
  const service = await createDynamoDB({ folder: process.env.FOLDER, log: (line) => console.log('log', line) });
  const ask = (operation, parameters) => service.handle({
    method: 'POST', path: '/', headers: {}, region: 'us-east-1', operation, body: Buffer.from(JSON.stringify(parameters)),
  });
  await ask('CreateTable', {
    TableName: 'Rides', BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'writer', AttributeType: 'N' }],
    KeySchema: [{ AttributeName: 'writer', KeyType: 'HASH' }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });
  const write = async (writer) => {
    for (;;) {
      const { status, body } = await ask('UpdateItem', {
        TableName: 'Rides', Key: { writer: { N: String(writer) } }, ReturnValues: 'ALL_NEW',
        UpdateExpression: 'ADD reached :one SET filling = :filling',
        ExpressionAttributeValues: { ':one': { N: '1' }, ':filling': { S: 'x'.repeat(writer * 1_000) } },
      });
      console.log(status === 200 ? 'written' : 'refused', writer, status === 200 ? JSON.parse(body).Attributes.reached.N : body);
      await setTimeout(1);
    }
  };
  for (let writer = 0; writer < 4; writer++) void write(writer);
`;

const isWritten = (line: string) => line.startsWith('written ');

/** Settles when so many lines of a kind have been printed beyond those that are there now. */
async function further(count: number, accepts: (line: string) => boolean): Promise<void> {
  const now = child.lines.filter(accepts).length;
  while (child.lines.filter(accepts).length < now + count) await child.next();
}

/** Kills the child, opens what it left, and compares counters, stream and acknowledgements. */
async function compare(): Promise<void> {
  await child.kill();
  const acknowledged = new Map<string, number>();
  for (const line of child.lines.filter(isWritten)) {
    const [, writer = '', count] = line.split(' ');
    acknowledged.set(writer, Number(count));
  }
  const { documents, reader } = await fixture.open({ folder });
  fixture.now = Date.now();
  const told = new Map<string, number[]>();
  let last = 0n;
  for (const { dynamodb } of await reader.all()) {
    const number = BigInt(dynamodb?.SequenceNumber ?? '');
    expect(number).toBeGreaterThan(last);
    last = number;
    const writer = dynamodb?.Keys?.writer?.N ?? '';
    told.set(writer, [...(told.get(writer) ?? []), Number(dynamodb?.NewImage?.reached?.N)]);
  }
  for (const [writer, reached] of acknowledged) {
    const { Item } = await documents.send(
      new GetCommand({ TableName: 'Rides', Key: { writer: Number(writer) } }),
    );
    // One more may have been written, and not yet acknowledged.
    expect([reached, reached + 1]).toContain(Item?.reached);
    expect(told.get(writer)).toEqual(Array.from({ length: Item?.reached as number }, (_, i) => i + 1));
  }
}

function startCounters(): Promise<Child> {
  return startChild(COUNTERS.replace('process.env.FOLDER', JSON.stringify(folder)));
}

describe('after kill -9', () => {
  it('every write that was acknowledged has its one record, in order', async () => {
    child = await startCounters();
    await further(200, isWritten);
    await compare();
  });

  it('a stream goes on where it was, also beyond what was deleted from it', async () => {
    child = await startCounters();
    await further(40, isWritten);
    await child.kill();
    const before = await fixture.open({ folder });
    fixture.now = Date.now();
    const [arn = ''] = await before.reader.arns();
    const records = await before.reader.all();
    fixture.now += 25 * 60 * 60 * 1000;
    expect(await before.reader.all()).toEqual([]);
    await fixture.closeAll();

    const { client, reader } = await fixture.open({ folder });
    expect(await reader.all()).toEqual([]);
    await client.send(new PutItemCommand({ TableName: 'Rides', Item: { writer: { N: '9' } } }));
    const [next, ...others] = await reader.from(await reader.iterator(arn));
    expect(others).toEqual([]);
    expect(BigInt(next?.dynamodb?.SequenceNumber ?? '')).toBe(
      BigInt(records.at(-1)?.dynamodb?.SequenceNumber ?? '') + 1n,
    );
  });

  it.skipIf(!canLimitFiles)(
    'of a database whose disk was full again and again, the same (needs prlimit)',
    async () => {
      child = await startCounters();
      for (let filling = 0; filling < 3; filling++) {
        await further(10, isWritten);
        const logs = readdirSync(folder).filter((name) => name.endsWith('.log'));
        const size = Math.max(...logs.map((name) => statSync(join(folder, name)).size));
        limitFiles(child.process.pid!, size + 500 + filling * 1_237);
        await further(3, (line) => line.startsWith('refused '));
        limitFiles(child.process.pid!, 'unlimited');
        await further(10, isWritten);
      }
      await compare();
    },
  );
});
