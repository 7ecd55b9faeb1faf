import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canLimitFiles, limitFiles } from '../../../test/full-disk.ts';
import { type Child, startChild } from '../child-fixture.ts';
import type { Service } from '../gateway/service.ts';
import { createDynamoDB } from './service.ts';

/** A database in a process of its own, whose writes really fail. */

let folder: string;
let child: Child;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wildrydes-dynamodb-'));
});
afterEach(async () => {
  await child.kill();
  rmSync(folder, { recursive: true, force: true });
});

const BATCH = 25;
const RIDES = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['ride', 'step'].map((AttributeName) => ({ AttributeName, AttributeType: 'N' })),
  KeySchema: [
    { AttributeName: 'ride', KeyType: 'HASH' },
    { AttributeName: 'step', KeyType: 'RANGE' },
  ],
};

/**
 * Sends request after request, from several writers at once, and prints what became of each: `written N`, or `refused N`
 * with the answer.
 *
 * @param request source of a function from N to an operation and its parameters
 */
function startWriting(request: string): Promise<Child> {
  return startChild(`
    import { setTimeout } from 'node:timers/promises';
    import { createDynamoDB } from './dynamodb/service.ts';
    console.error = () => {}; // dynalite tells there too when a table's second write fails
    const RIDES = ${JSON.stringify(RIDES)};
    const service = await createDynamoDB({
      folder: ${JSON.stringify(folder)},
      log: (line) => console.log('log', line),
    });
    const ask = (operation, parameters) => service.handle({
      method: 'POST', path: '/', headers: {}, region: 'us-east-1', operation, body: Buffer.from(JSON.stringify(parameters)),
    });
    await ask('CreateTable', { ...RIDES, TableName: 'Rides' });
    let next = 0;
    const write = async () => {
      for (;;) {
        const number = next++;
        const { status, body } = await ask(...(${request})(number));
        console.log(status === 200 ? 'written' : 'refused', number, String(body));
        await setTimeout(5);
      }
    };
    for (let writer = 0; writer < 4; writer++) void write();
  `);
}

const isWritten = (line: string) => line.startsWith('written ');
const isRefused = (line: string) => line.startsWith('refused ');

/** Settles when so many lines of a kind have been printed beyond those that are there now. */
async function further(count: number, accepts: (line: string) => boolean): Promise<void> {
  const now = child.lines.filter(accepts).length;
  while (child.lines.filter(accepts).length < now + count) await child.next();
}

/** Bytes of the log that the database writes to. */
function logSize(): number {
  const logs = readdirSync(folder).filter((name) => name.endsWith('.log'));
  return Math.max(...logs.map((name) => statSync(join(folder, name)).size));
}

/** Fills the disk and makes room again, each time at another place of the database's log. */
async function fillAgainAndAgain(times: number): Promise<void> {
  for (let filling = 0; filling < times; filling++) {
    await further(5, isWritten);
    limitFiles(child.process.pid!, logSize() + 500 + filling * 1_237);
    await further(3, isRefused);
    limitFiles(child.process.pid!, 'unlimited');
    await further(5, isWritten);
  }
}

/** Ends the child at once, and opens what it left. Returns the numbers of its requests that were acknowledged. */
async function survive(): Promise<{ service: Service; acknowledged: string[] }> {
  await child.kill();
  const acknowledged = child.lines.filter(isWritten).map((line) => line.split(' ')[1]!);
  return { service: await createDynamoDB({ folder }), acknowledged };
}

async function ask(service: Service, operation: string, parameters: object) {
  const body = Buffer.from(JSON.stringify(parameters));
  const request = { method: 'POST', path: '/', headers: {}, region: 'us-east-1', operation, body } as const;
  return JSON.parse(String((await service.handle(request)).body)) as Record<string, unknown>;
}

describe.skipIf(!canLimitFiles)('a disk that fills up (needs prlimit)', () => {
  it.each([
    ['small', 100],
    ['large', 12_000],
  ])('in the middle of %s writes: what is acknowledged afterwards is kept too', async (_, filling) => {
    child = await startWriting(`(ride) => ['BatchWriteItem', { RequestItems: { Rides:
      Array.from({ length: ${BATCH} }, (_, step) => ({ PutRequest: { Item: {
        ride: { N: String(ride) }, step: { N: String(step) }, filling: { S: 'x'.repeat(${filling}) },
      } } })),
    } }]`);
    await fillAgainAndAgain(3);
    const { service, acknowledged } = await survive();
    for (const ride of acknowledged) {
      const found = await ask(service, 'Query', {
        TableName: 'Rides',
        Select: 'COUNT',
        KeyConditionExpression: 'ride = :ride',
        ExpressionAttributeValues: { ':ride': { N: ride } },
      });
      expect([ride, found.Count]).toEqual([ride, BATCH]);
    }
    await service.close?.();
  });

  it('while tables are created: those acknowledged are there, and each refusal says why', async () => {
    child = await startWriting(`(number) => ['CreateTable', { ...RIDES, TableName: 'Rides-' + number }]`);
    await fillAgainAndAgain(4);
    const { service, acknowledged } = await survive();
    for (const number of acknowledged) {
      const { Table } = await ask(service, 'DescribeTable', { TableName: `Rides-${number}` });
      expect(Table).toMatchObject({ TableStatus: 'ACTIVE' });
    }
    await service.close?.();

    for (const refusal of child.lines.filter(isRefused)) {
      const { __type, message } = JSON.parse(refusal.slice(refusal.indexOf('{'))) as Record<string, string>;
      expect(__type).toContain('#InternalServerError');
      expect(message).toContain(`State folder ${folder} cannot be used (`);
    }
    const told = child.lines.filter((line) => line.startsWith('log '));
    expect(told.length).toBeGreaterThanOrEqual(8);
    for (const [i, line] of told.entries()) {
      const what =
        i % 2 === 0 ? /cannot be used \(.*\d\.\w+: File too large\); nothing is/ : / can be used again$/;
      expect(line).toMatch(what);
      expect(line).toContain(folder);
    }
  });
});
