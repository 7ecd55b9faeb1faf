import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  TransactWriteItemsCommand,
  UpdateTableCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Child, startChild } from '../child-fixture.ts';
import { GatewayFixture, sdkConfig } from '../gateway/fixture.ts';
import type { ApiRequest, Service } from '../gateway/service.ts';
import { createStore } from './dynalite.ts';
import { createDynamoDB } from './service.ts';

const fixture = new GatewayFixture();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wildrydes-dynamodb-'));
});
afterEach(async () => {
  await fixture.closeAll();
  rmSync(folder, { recursive: true, force: true });
});

async function open(at: string | null) {
  const lines: string[] = [];
  const service = await createDynamoDB({ folder: at, log: (line) => lines.push(line) });
  const gateway = await fixture.open([service]);
  const client = fixture.client(new DynamoDBClient(sdkConfig(gateway)));
  return { service, client, documents: DynamoDBDocumentClient.from(client), lines };
}

function createTable(name: string): CreateTableCommand {
  return new CreateTableCommand({
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'Name', AttributeType: 'S' },
      { AttributeName: 'StatusTime', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'Name', KeyType: 'HASH' },
      { AttributeName: 'StatusTime', KeyType: 'RANGE' },
    ],
  });
}

function request(operation: string, parameters: unknown): ApiRequest {
  const body = Buffer.from(typeof parameters === 'string' ? parameters : JSON.stringify(parameters));
  return { method: 'POST', path: '/', headers: {}, body, operation, region: 'us-east-1' };
}

async function ask(service: Service, operation: string, parameters: unknown) {
  const { status, body } = await service.handle(request(operation, parameters));
  return { status, body: JSON.parse(String(body)) as Record<string, unknown> };
}

describe('tables', () => {
  it('are ready when their creation is acknowledged', async () => {
    const { client } = await open(null);
    const { TableDescription: created } = await client.send(createTable('UnicornSensorData'));
    expect(created).toMatchObject({
      TableStatus: 'CREATING',
      TableArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/UnicornSensorData',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    });
    const { state } = await waitUntilTableExists(
      { client, maxWaitTime: 5, minDelay: 4 },
      { TableName: 'UnicornSensorData' },
    );
    expect(state).toBe('SUCCESS');
    const again = client.send(createTable('UnicornSensorData'));
    await expect(again).rejects.toThrow(ResourceInUseException);
    await expect(again).rejects.toThrow('Table already exists: UnicornSensorData');
  });

  it('are gone when their deletion is acknowledged, with their items', async () => {
    const { client, documents } = await open(null);
    const key = { Name: 'Rocinante', StatusTime: '2026-01-01 00:00:00.000' };
    await client.send(createTable('Rides'));
    await documents.send(new PutCommand({ TableName: 'Rides', Item: key }));
    await client.send(new DeleteTableCommand({ TableName: 'Rides' }));
    await expect(client.send(new DescribeTableCommand({ TableName: 'Rides' }))).rejects.toThrow(
      ResourceNotFoundException,
    );
    await client.send(createTable('Rides'));
    expect((await documents.send(new GetCommand({ TableName: 'Rides', Key: key }))).Item).toBeUndefined();
  });

  it('are ready again when a change is acknowledged', async () => {
    const { client } = await open(null);
    await client.send(createTable('Rides'));
    const ProvisionedThroughput = { ReadCapacityUnits: 5, WriteCapacityUnits: 5 };
    await client.send(
      new UpdateTableCommand({ TableName: 'Rides', BillingMode: 'PROVISIONED', ProvisionedThroughput }),
    );
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: 'Rides' }));
    expect(table).toMatchObject({ TableStatus: 'ACTIVE', ProvisionedThroughput });
  });

  it('are listed in pages, whatever else the database holds', async () => {
    const { client, documents } = await open(null);
    const names = ['Alpha', 'Beta', 'Gamma-1', 'Gamma.2', 'gamma_3'];
    for (const name of [...names].reverse()) await client.send(createTable(name));
    await documents.send(new PutCommand({ TableName: 'Beta', Item: { Name: 'table~X', StatusTime: 't' } }));
    const listed: string[] = [];
    let after: string | undefined;
    do {
      const page: { TableNames?: string[] | undefined; LastEvaluatedTableName?: string | undefined } =
        await client.send(new ListTablesCommand({ Limit: 2, ExclusiveStartTableName: after }));
      listed.push(...(page.TableNames ?? []));
      after = page.LastEvaluatedTableName;
    } while (after !== undefined);
    expect(listed).toEqual(names);
    expect((await client.send(new ListTablesCommand({}))).LastEvaluatedTableName).toBeUndefined();
  });
});

describe('items', () => {
  it('are written in batches and read back by time, through lib-dynamodb', async () => {
    const { client, documents } = await open(folder);
    await client.send(createTable('UnicornSensorData'));
    const items = Array.from({ length: 25 }, (_, i) => ({
      Name: 'Rocinante 🦄',
      StatusTime: `2026-01-01 00:${String(i).padStart(2, '0')}:00.000`,
      Distance: 1798.123456 + i,
      Readings: 60,
    }));
    const { UnprocessedItems } = await documents.send(
      new BatchWriteCommand({
        RequestItems: { UnicornSensorData: items.map((Item) => ({ PutRequest: { Item } })) },
      }),
    );
    expect(UnprocessedItems).toEqual({});
    const { Items } = await documents.send(
      new QueryCommand({
        TableName: 'UnicornSensorData',
        KeyConditionExpression: '#name = :name and StatusTime >= :since',
        ExpressionAttributeNames: { '#name': 'Name' },
        ExpressionAttributeValues: { ':name': 'Rocinante 🦄', ':since': items[20]!.StatusTime },
      }),
    );
    expect(Items).toEqual(items.slice(20));
  });

  it('with one key twice in a batch are refused', async () => {
    const { client, documents } = await open(null);
    await client.send(createTable('Rides'));
    const put = { PutRequest: { Item: { Name: 'a', StatusTime: 'b' } } };
    await expect(
      documents.send(new BatchWriteCommand({ RequestItems: { Rides: [put, put] } })),
    ).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('duplicates') });
  });

  it('keep their conditions under concurrent writers', async () => {
    const { client, documents } = await open(null);
    await client.send(createTable('Rides'));
    const claim = () =>
      documents.send(
        new PutCommand({
          TableName: 'Rides',
          Item: { Name: 'a', StatusTime: 'b' },
          ConditionExpression: 'attribute_not_exists(#name)',
          ExpressionAttributeNames: { '#name': 'Name' },
        }),
      );
    const claims = await Promise.allSettled(Array.from({ length: 20 }, claim));
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const count = () =>
      documents.send(
        new UpdateCommand({
          TableName: 'Rides',
          Key: { Name: 'a', StatusTime: 'b' },
          UpdateExpression: 'ADD rides :one',
          ExpressionAttributeValues: { ':one': 1 },
        }),
      );
    await Promise.all(Array.from({ length: 50 }, count));
    const { Item } = await documents.send(
      new GetCommand({ TableName: 'Rides', Key: { Name: 'a', StatusTime: 'b' } }),
    );
    expect(Item).toMatchObject({ rides: 50 });
  });
});

describe('requests at fault', () => {
  it('for an operation that is not there are answered with its name', async () => {
    const { client } = await open(null);
    await expect(client.send(new TransactWriteItemsCommand({ TransactItems: [] }))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: 'The DynamoDB of the local cloud does not support TransactWriteItems',
    });
  });

  it.each(['', '{', 'null', '1', '"text"', '[', '{"TableName":'])(
    'with body %j are a serialization error',
    async (body) => {
      const { service } = await open(null);
      expect(await ask(service, 'GetItem', body)).toEqual({
        status: 400,
        body: { __type: 'com.amazon.coral.service#SerializationException' },
      });
    },
  );

  it.each([
    [[]],
    [{}],
    [{ TableName: 1 }],
    [{ TableName: 'Rides', Key: 1 }],
    [{ TableName: 'Rides', Key: { Name: { S: 1 } } }],
    [{ TableName: 'Rides', Key: { __proto__: null, Name: null } }],
    [{ TableName: 'constructor', Key: {} }],
  ])('with parameters %j are answered as a fault of theirs', async (parameters) => {
    const { service, lines } = await open(null);
    for (const operation of ['GetItem', 'PutItem', 'Query', 'BatchWriteItem', 'CreateTable', 'UpdateItem']) {
      expect((await ask(service, operation, parameters)).status).toBe(400);
    }
    expect(lines).toEqual([]);
  });
});

describe('state', () => {
  it('is there again after closing', async () => {
    const before = await open(folder);
    await before.client.send(createTable('Rides'));
    const written = Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        before.documents.send(
          new PutCommand({ TableName: 'Rides', Item: { Name: 'a', StatusTime: `${i}` } }),
        ),
      ),
    );
    await written;
    await fixture.closeAll();
    const after = await open(folder);
    const { Items } = await after.documents.send(
      new QueryCommand({
        TableName: 'Rides',
        KeyConditionExpression: '#name = :name',
        ExpressionAttributeNames: { '#name': 'Name' },
        ExpressionAttributeValues: { ':name': 'a' },
      }),
    );
    expect(Items).toHaveLength(40);
  });

  it('waits at closing for what is under way, and takes nothing after', async () => {
    const service = await createDynamoDB({ folder });
    await ask(service, 'CreateTable', createTable('Rides').input);
    const Item = { Name: { S: 'a' }, StatusTime: { S: 'b' } };
    const writing = ask(service, 'PutItem', { TableName: 'Rides', Item });
    const closed = service.close?.();
    expect((await ask(service, 'PutItem', { TableName: 'Rides', Item })).status).toBe(500);
    await closed;
    expect((await writing).status).toBe(200);
  });

  it('holds everything acknowledged before kill -9', async () => {
    const child = await startChild(`
      import { createDynamoDB } from './dynamodb/service.ts';
      const service = await createDynamoDB({ folder: ${JSON.stringify(folder)} });
      const ask = (operation, parameters) => service.handle({
        method: 'POST', path: '/', headers: {}, region: 'us-east-1', operation, body: Buffer.from(JSON.stringify(parameters)),
      });
      await ask('CreateTable', ${JSON.stringify(createTable('Rides').input)});
      console.log('created');
      for (let i = 0; ; i++) {
        const Item = { Name: { S: 'a' }, StatusTime: { S: String(i) }, Filling: { S: 'x'.repeat(5_000) } };
        const { status } = await ask('PutItem', { TableName: 'Rides', Item });
        console.log('written', i, status);
      }
    `);
    await child.line('written 300 ');
    await child.kill();
    const acknowledged = child.lines.filter((line) => /^written \d+ 200$/.test(line));
    expect(acknowledged.length).toBeGreaterThan(300);
    const service = await createDynamoDB({ folder });
    for (let i = 0; i < acknowledged.length; i++) {
      const { body } = await ask(service, 'GetItem', {
        TableName: 'Rides',
        Key: { Name: { S: 'a' }, StatusTime: { S: String(i) } },
      });
      expect(body.Item).toMatchObject({ StatusTime: { S: String(i) } });
    }
    await service.close?.();
  });

  it('brings tables to rest that a crash left in between', async () => {
    const store = createStore(folder);
    const leave = (name: string, status: string, index?: string) =>
      store.db.put(`table~${name}`, {
        ...createTable(name).input,
        TableStatus: status,
        ...(index === undefined ? {} : { GlobalSecondaryIndexes: [{ IndexName: 'i', IndexStatus: index }] }),
      });
    await leave('Created', 'CREATING', 'CREATING');
    await leave('Updated', 'ACTIVE', 'UPDATING');
    await leave('Deleted', 'DELETING');
    await leave('Rides', 'ACTIVE');
    await store.db.put('item-Deleted~abc/key', {});
    await store.db.put('index-global~Deleted~i~abc/key', {});
    await store.db.put('tag-Deleted~\u{1f984}', {});
    await store.db.put('item-Deleted2~abc/key', {});
    await store.db.close();

    const service = await createDynamoDB({ folder });
    expect((await ask(service, 'ListTables', {})).body).toEqual({
      TableNames: ['Created', 'Rides', 'Updated'],
    });
    for (const TableName of ['Created', 'Updated']) {
      expect((await ask(service, 'DescribeTable', { TableName })).body.Table).toMatchObject({
        TableStatus: 'ACTIVE',
        GlobalSecondaryIndexes: [{ IndexStatus: 'ACTIVE' }],
      });
    }
    await service.close?.();
    const after = createStore(folder);
    const keys = await after.db.keys({ gt: '', lt: 'table~' }).all();
    await after.db.close();
    expect(keys).toEqual(['item-Deleted2~abc/key']);
  });

  it('that cannot be brought to rest is left for the next opening', async () => {
    const store = createStore(folder);
    await store.db.put('table~Rides', { ...createTable('Rides').input, GlobalSecondaryIndexes: 'damaged' });
    await store.db.close();
    for (let opening = 0; opening < 2; opening++) {
      const refused = await createDynamoDB({ folder }).catch((error: unknown) => error as Error);
      expect(String(refused)).not.toContain('in use by another process');
      expect(refused).toMatchObject({ code: 'STATE_UNUSABLE' });
    }
    const after = createStore(folder);
    await after.db.del('table~Rides');
    await after.db.close();
    await (await createDynamoDB({ folder })).close?.();
  });

  it('in use by another process is refused, saying so', async () => {
    const child: Child = await startChild(`
      import { createDynamoDB } from './dynamodb/service.ts';
      await createDynamoDB({ folder: ${JSON.stringify(folder)} });
      console.log('open');
      setInterval(() => {}, 1000);
    `);
    await child.line('open');
    await expect(createDynamoDB({ folder })).rejects.toMatchObject({
      code: 'STATE_UNUSABLE',
      message: `State folder ${folder} is in use by another process`,
    });
    await child.kill();
    await (await createDynamoDB({ folder })).close?.();
  });

  it('that cannot be read is refused, saying so', async () => {
    await (await createDynamoDB({ folder })).close?.();
    writeFileSync(join(folder, 'CURRENT'), 'nonsense');
    await expect(createDynamoDB({ folder })).rejects.toMatchObject({
      code: 'STATE_CORRUPT',
      next: expect.stringContaining('./wildrydes reset'),
    });
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(createDynamoDB({ folder: file })).rejects.toMatchObject({ code: 'STATE_UNUSABLE' });
  });
});
